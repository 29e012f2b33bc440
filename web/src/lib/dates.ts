import type { Language } from '../i18n';

// All dates are shown in Vietnam's zone, wherever the browser stands: a deadline is a day there.
const zone = 'Asia/Ho_Chi_Minh';
const day = 86_400_000;

const parts = (at: Date) => {
  const found: Record<string, string> = {};
  for (const part of new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)) found[part.type] = part.value;
  return found;
};
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const weekdays: Record<Language, string[]> = {
  vi: ['Chủ Nhật', 'Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
};

/** The day in Vietnam, YYYY-MM-DD, of an instant. */
export function dayOf(instant: string | Date): string {
  const p = parts(new Date(instant));
  return `${p.year}-${p.month}-${p.day}`;
}
export function timeOf(instant: string | Date): string {
  const p = parts(new Date(instant));
  return `${p.hour}:${p.minute}`;
}
/** A day (YYYY-MM-DD or an instant) as people write it. */
export function formatDay(value: string, language: Language, weekday = false): string {
  const iso = value.length === 10 ? value : dayOf(value);
  const [y, m, d] = iso.split('-').map(Number);
  const text = language === 'vi' ? `${pad(d)}/${pad(m)}/${y}` : `${d} ${months[m - 1]} ${y}`;
  if (!weekday) return text;
  return `${weekdays[language][new Date(`${iso}T00:00:00Z`).getUTCDay()]}, ${text}`;
}
/** A month (YYYY-MM) as a heading. */
export function formatMonth(month: string, language: Language): string {
  const [y, m] = month.split('-').map(Number);
  return language === 'vi' ? `Tháng ${m} năm ${y}` : `${longMonths[m - 1]} ${y}`;
}
const longMonths = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const pad = (n: number) => String(n).padStart(2, '0');

export const formatInstant = (instant: string, language: Language) =>
  `${timeOf(instant)} ${formatDay(instant, language)}`;

/** Whole days from day `a` to day `b`, both instants or YYYY-MM-DD. */
export function daysBetween(a: string, b: string): number {
  const start = a.length === 10 ? a : dayOf(a);
  const end = b.length === 10 ? b : dayOf(b);
  return Math.round((Date.parse(`${end}T00:00:00Z`) - Date.parse(`${start}T00:00:00Z`)) / day);
}

/** The last day by which a task is due: the server's date, else the day of the instant (an instant
 *  at midnight ends the day before). */
export function dueDay(due: { dueAt?: string | null; dueDate?: string | null }): string | null {
  if (due.dueDate) return due.dueDate.slice(0, 10);
  if (!due.dueAt) return null;
  return dayOf(new Date(Date.parse(due.dueAt) - 1));
}

/** The instant of a wall time in Vietnam (no summer time there). */
export const instantOf = (date: string, time: string) => new Date(`${date}T${time}:00+07:00`).toISOString();
