import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router-dom';
import { PageTitle } from '../../components/states';
import { useSession } from '../../app/session';
import { useLanguage } from '../../i18n';
import '../../styles/settings.css';
import { AbsencesSection } from './Absences';
import { LimitsSection } from './Limits';
import { PreferencesSection } from './Preferences';

/** How I am told of things, and who stands in for me; for administrators what they allow. */
export default function SettingsPage() {
  const { t } = useLanguage();
  const me = useSession();
  const { pathname } = useLocation();
  const tabs: { to: string; label: string; content: ReactNode }[] = [
    { to: '/settings', label: t('settings.notices'), content: <PreferencesSection /> },
    { to: '/settings/absences', label: t('settings.absences'), content: <AbsencesSection /> },
  ];
  if (me.isAdministrator) tabs.push({ to: '/settings/limits', label: t('settings.limits'), content: <LimitsSection /> });
  const shown = tabs.find((tab) => tab.to === pathname) ?? tabs[0];
  return (
    <div className="page page-narrow">
      <div className="page-head">
        <PageTitle title={t('settings.title')} />
      </div>
      <nav className="segments settings-tabs" aria-label={t('settings.parts')}>
        {tabs.map((tab) => (
          <Link key={tab.to} to={tab.to} aria-current={tab === shown ? 'page' : undefined}>{tab.label}</Link>
        ))}
      </nav>
      {shown.content}
    </div>
  );
}
