import type { Text } from '../api/types';
import { formatDay, formatInstant } from '../lib/dates';
import { useLanguage } from '../i18n';

/** Any value of a case as people read it: days, texts of two languages, lists, small tables. */
export function Value({ value }: { value: unknown }) {
  const { t, text, language } = useLanguage();
  if (value === null || value === undefined || value === '') return <span className="muted">-</span>;
  if (typeof value === 'boolean') return <>{value ? t('app.yes') : t('app.no')}</>;
  if (typeof value === 'number') return <>{value.toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB')}</>;
  if (typeof value === 'string') {
    if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return <>{formatDay(value, language)}</>;
    if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(value)) return <>{formatInstant(value, language)}</>;
    return <span className="prose">{value}</span>;
  }
  if (Array.isArray(value)) {
    return value.length
      ? <ul className="plain-list">{value.map((item, i) => <li key={i}><Value value={item} /></li>)}</ul>
      : <span className="muted">{t('app.none')}</span>;
  }
  if ('vi' in (value as object) || 'en' in (value as object)) return <>{text(value as Text)}</>;
  return (
    <dl className="nested">
      {Object.entries(value as Record<string, unknown>).map(([name, item]) => (
        <div key={name}><dt>{name}</dt><dd><Value value={item} /></dd></div>
      ))}
    </dl>
  );
}
