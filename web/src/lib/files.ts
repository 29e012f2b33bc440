import type { Evidence } from '../api/types';

export function sizeText(bytes: number): string {
  if (bytes >= 1 << 20) return `${(bytes / (1 << 20)).toLocaleString('vi', { maximumFractionDigits: 1 })} MB`;
  if (bytes >= 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${bytes} B`;
}

const names: Record<string, string> = {
  'application/pdf': 'PDF',
  'image/png': 'PNG',
  'image/jpeg': 'JPEG',
  'text/plain': 'TXT',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'DOCX',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
  'application/msword': 'DOC',
  'application/zip': 'ZIP',
};
export const typeNames = (types: string[] | undefined) => (types ?? []).map((t) => names[t] ?? t).join(', ');

export type FileFault = 'tooBig' | 'wrongType' | null;
/** The rule of the definition that a file breaks; the server checks again. */
export function checkFile(file: { type: string; size: number }, rule: Evidence): FileFault {
  if (rule.maxBytes && file.size > rule.maxBytes) return 'tooBig';
  const types = rule.mediaTypes ?? [];
  const fits = (type: string) => type === file.type || (type.endsWith('/*') && file.type.startsWith(type.slice(0, -1)));
  return types.length === 0 || types.some(fits) ? null : 'wrongType';
}
