import { useEffect } from 'react';
import { AuditOutlined, CalendarOutlined, TeamOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { request } from '../api/client';
import type { Me } from '../api/types';
import { Brand, LanguageSwitch } from '../components/Brand';
import { SignInForm } from '../components/SignInForm';
import { useLanguage } from '../i18n';

export function SignInPage({ onDone }: { onDone: (me: Me) => void }) {
  const { t } = useLanguage();
  const version = useQuery({
    queryKey: ['version'],
    queryFn: () => request<{ name: string; version: string; demo: boolean }>('/version'),
    staleTime: Infinity,
    retry: false,
  });
  useEffect(() => {
    document.title = `${t('signIn.title')} · ${t('app.name')}`;
  }, [t]);
  return (
    <div className="sign-in">
      <aside className="sign-in-side">
        <Brand large />
        <p className="sign-in-tagline">{t('app.tagline')}</p>
        <ul>
          <li><CalendarOutlined aria-hidden /> {t('signIn.points.due')}</li>
          <li><TeamOutlined aria-hidden /> {t('signIn.points.next')}</li>
          <li><AuditOutlined aria-hidden /> {t('signIn.points.law')}</li>
        </ul>
      </aside>
      <main className="sign-in-main">
        <div className="sign-in-language"><LanguageSwitch /></div>
        <div className="sign-in-card">
          <h1>{t('signIn.title')}</h1>
          <p className="muted">{t('signIn.lead')}</p>
          <SignInForm onDone={onDone} />
          {version.data?.demo && <p className="demo-hint">{t('signIn.demoHint')}</p>}
        </div>
        {version.data && <p className="muted small">kyhan {version.data.version}</p>}
      </main>
    </div>
  );
}
