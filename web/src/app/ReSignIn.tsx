import { Modal } from 'antd';
import type { Me } from '../api/types';
import { SignInForm } from '../components/SignInForm';
import { useLanguage } from '../i18n';

export function ReSignIn({ open, account, onDone }: { open: boolean; account: string; onDone: (me: Me) => void }) {
  const { t } = useLanguage();
  return (
    <Modal open={open} title={t('signIn.expiredTitle')} footer={null} closable={false} mask={{ closable: false }} keyboard={false} zIndex={2000} destroyOnHidden
      afterOpenChange={(shown) => shown && document.getElementById('password')?.focus()}>
      <p className="muted">{t('signIn.expired')}</p>
      <SignInForm account={account} onDone={onDone} />
    </Modal>
  );
}
