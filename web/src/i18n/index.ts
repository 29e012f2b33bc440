import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Text } from '../api/types';
import { vi } from './vi';
import { en } from './en';

export type Language = 'vi' | 'en';
const storageKey = 'kyhan.language';

const stored = (): Language => {
  try {
    return localStorage.getItem(storageKey) === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi';
  }
};

void i18next.use(initReactI18next).init({
  resources: { vi: { translation: vi }, en: { translation: en } },
  lng: stored(),
  fallbackLng: 'vi',
  interpolation: { escapeValue: false }, // React escapes
  initAsync: false,
  showSupportNotice: false,
});
if (typeof document !== 'undefined') document.documentElement.lang = i18next.language;

export const currentLanguage = (): Language => (i18next.language === 'en' ? 'en' : 'vi');

export function setLanguage(language: Language) {
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // private windows without storage still switch
  }
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

/** The words of the reader's language; what the server gives as a plain string stays as it is. */
export function textIn(language: Language, value: Text | string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  return value[language] || value.vi || value.en || '';
}

export function useLanguage() {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === 'en' ? 'en' : 'vi';
  return {
    t,
    language,
    text: (value: Text | string | number | null | undefined) => textIn(language, value),
    role: (role: string | Text) =>
      typeof role === 'string' ? t(`role.${role}`, { defaultValue: role }) : textIn(language, role),
  };
}

export { i18next };
