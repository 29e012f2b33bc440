import type { Attachment, ProblemBody } from './types';
import { currentLanguage } from '../i18n';

const base = '/api/v1';

/** What the server refused, as RFC 9457 says it; status 0 when it could not be reached at all. */
export class Problem extends Error {
  constructor(readonly body: ProblemBody, readonly retryAfter?: number) {
    super(body.detail || body.title);
  }
  get status() {
    return this.body.status;
  }
  get slug() {
    return this.body.type?.split('/').pop() ?? '';
  }
}

export const isProblem = (error: unknown, status?: number): error is Problem =>
  error instanceof Problem && (status === undefined || error.status === status);

/** Keys for Idempotency-Key; crypto.randomUUID exists in secure contexts only. */
export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

// A request that meets an ended session waits here until the person has signed in again in place, so
// nothing typed is lost; the sign-in dialog settles it.
let waitForSession: (() => Promise<void>) | null = null;
export const onSessionEnded = (wait: (() => Promise<void>) | null) => {
  waitForSession = wait;
};

export type RequestOptions = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  etag?: string;
  key?: string;
  signal?: AbortSignal;
  /** Lets the request outlive the page; browsers take at most 64 KiB so. */
  keepalive?: boolean;
};
/** What came, with the version that a later change has to name. */
export type Tagged<T> = { body: T; etag?: string };

const strong = (etag: string) => (etag.startsWith('"') ? etag : `"${etag}"`);

async function problemOf(response: Response): Promise<Problem> {
  const retry = Number(response.headers.get('Retry-After')) || undefined;
  try {
    const body = (await response.json()) as ProblemBody;
    return new Problem({ ...body, status: response.status }, retry);
  } catch {
    return new Problem({ type: 'about:blank', title: response.statusText, status: response.status }, retry);
  }
}

export const request = async <T>(path: string, options: RequestOptions = {}): Promise<T> =>
  (await tagged<T>(path, options)).body;

export async function tagged<T>(path: string, options: RequestOptions = {}): Promise<Tagged<T>> {
  const headers: Record<string, string> = { 'Accept-Language': currentLanguage() };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.etag) headers['If-Match'] = strong(options.etag);
  if (options.key) headers['Idempotency-Key'] = options.key;
  const send = () =>
    fetch(base + path, {
      method: options.method ?? 'GET',
      headers,
      credentials: 'same-origin',
      // An answer tells more than its ETag counts: who asks, what day it is, what the limits allow. A copy
      // that the browser kept is of another person or of yesterday.
      cache: 'no-store',
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
      keepalive: options.keepalive,
    }).catch((error) => {
      if (options.signal?.aborted) throw error;
      throw new Problem({ type: 'about:blank#offline', title: 'offline', status: 0 });
    });
  let response = await send();
  if (response.status === 401 && waitForSession && path !== '/session') {
    await waitForSession();
    response = await send();
  }
  if (!response.ok) throw await problemOf(response);
  const etag = response.headers.get('ETag') ?? undefined;
  if (response.status === 204) return { body: undefined as T, etag };
  const text = await response.text();
  return { body: (text ? JSON.parse(text) : undefined) as T, etag };
}

export const query = (params: Record<string, string | number | boolean | undefined | null>) => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '' && value !== false) search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
};

/** Streams one file to the server; `progress` gets 0..1. XMLHttpRequest, for fetch tells no progress. */
export function upload(
  file: File,
  task: string,
  type: string,
  progress: (part: number) => void,
): Promise<Attachment> {
  const once = () =>
    new Promise<Attachment>((resolve, reject) => {
      const call = new XMLHttpRequest();
      call.open('POST', `${base}/attachments${query({ task, type, name: file.name.normalize('NFC') })}`);
      call.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
      call.setRequestHeader('Accept-Language', currentLanguage());
      call.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
      call.onerror = () => reject(new Problem({ type: 'about:blank#offline', title: 'offline', status: 0 }));
      call.onload = () => {
        let body: unknown;
        try {
          body = JSON.parse(call.responseText);
        } catch {
          body = { type: 'about:blank', title: call.statusText };
        }
        if (call.status >= 200 && call.status < 300) resolve(body as Attachment);
        else reject(new Problem({ ...(body as ProblemBody), status: call.status }));
      };
      call.send(file);
    });
  return once().catch(async (error) => {
    if (!isProblem(error, 401) || !waitForSession) throw error;
    await waitForSession();
    return once();
  });
}

export const attachmentUrl = (id: string) => `${base}/attachments/${encodeURIComponent(id)}`;
