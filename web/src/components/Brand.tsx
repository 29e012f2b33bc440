import { useLanguage, setLanguage } from '../i18n';

export function Brand({ large }: { large?: boolean }) {
  return (
    <span className={large ? 'brand brand-large' : 'brand'}>
      <img src="/favicon.svg" alt="" width={large ? 48 : 30} height={large ? 48 : 30} />
      <span translate="no">Kỳ Hạn</span>
    </span>
  );
}

export function LanguageSwitch() {
  const { t, language } = useLanguage();
  const other = language === 'vi' ? 'en' : 'vi';
  return (
    <button type="button" className="language-switch" lang={other} onClick={() => setLanguage(other)}>
      {t('app.switchTo')}
    </button>
  );
}
