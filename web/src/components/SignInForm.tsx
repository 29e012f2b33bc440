import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Alert, Button, Input } from 'antd';
import { isProblem, request } from '../api/client';
import type { Me } from '../api/types';
import { useLanguage } from '../i18n';

export function SignInForm({ account: known, onDone }: { account?: string; onDone: (me: Me) => void }) {
  const { t } = useLanguage();
  const [account, setAccount] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [wait, setWait] = useState(0);
  const alert = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || wait > 0) return;
    if (!account.trim() || !password) {
      setError(t('signIn.wrong'));
      return;
    }
    setBusy(true);
    setError(null);
    try {
      onDone(await request<Me>('/session', { method: 'POST', body: { account: account.trim(), password } }));
    } catch (e) {
      setPassword('');
      if (isProblem(e, 429)) setWait(e.retryAfter ?? 30);
      else if (isProblem(e, 401)) setError(t('signIn.wrong'));
      else if (isProblem(e, 0)) setError(t('error.offlineTitle'));
      else setError(isProblem(e) ? e.message : t('error.generic'));
      setTimeout(() => alert.current?.focus());
    } finally {
      setBusy(false);
    }
  };
  const trouble = wait > 90 ? t('signIn.throttledMinutes', { count: Math.ceil(wait / 60) })
    : wait > 0 ? t('signIn.throttled', { seconds: wait }) : error;
  return (
    <form onSubmit={(e) => void submit(e)} noValidate className="sign-in-form">
      <div ref={alert} tabIndex={-1} className="no-outline">
        {trouble && <Alert type={wait > 0 ? 'warning' : 'error'} showIcon title={trouble} role="alert" />}
      </div>
      <div className="field">
        <label htmlFor="account">{t('signIn.account')}</label>
        <Input id="account" size="large" autoComplete="username" autoCapitalize="none" spellCheck={false}
          autoFocus={!known} value={account} onChange={(e) => setAccount(e.target.value)} />
      </div>
      <div className="field">
        <label htmlFor="password">{t('signIn.password')}</label>
        <Input id="password" size="large" type="password" autoComplete="current-password"
          autoFocus={!!known} value={password} onChange={(e) => setPassword(e.target.value)} />
      </div>
      <Button type="primary" htmlType="submit" size="large" block loading={busy} disabled={wait > 0}>
        {t('signIn.submit')}
      </Button>
    </form>
  );
}
