import type { QueryClient } from '@tanstack/react-query';

// One event stream per browser, not per tab: browsers allow six connections a server over HTTP/1.1.
// The tab that holds the Web Lock reads the stream and passes the hints on; when it closes, the lock
// goes to the next tab. Browsers without Web Locks (plain http on a network) read one stream a tab.
export type Hint = { event: string; id?: string; kind?: string };

const kinds = ['task', 'instance', 'notification', 'clock', 'resync'];
const channelName = 'kyhan.live';

export type Live = { stop: () => void };

export function startLive(onHint: (hint: Hint) => void, onState: (connected: boolean) => void): Live {
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(channelName);
  const stopping = new AbortController();
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const pass = (hint: Hint) => {
    onHint(hint);
    channel?.postMessage(hint);
  };
  channel?.addEventListener('message', (e: MessageEvent<Hint>) => onHint(e.data));

  let wasOpen = false;
  const open = () => {
    source = new EventSource('/api/v1/events');
    source.onopen = () => {
      onState(true);
      // Hints may have been missed while the stream was away.
      if (wasOpen) pass({ event: 'resync' });
      wasOpen = true;
    };
    source.onerror = () => {
      onState(false);
      // A refused stream (an ended session) is closed for good by the browser; try again calmly.
      if (source?.readyState === EventSource.CLOSED && !stopping.signal.aborted) {
        clearTimeout(retry);
        retry = setTimeout(open, 5000);
      }
    };
    for (const event of kinds) {
      source.addEventListener(event, (e) => {
        let data: { id?: string; kind?: string } = {};
        try {
          data = JSON.parse((e as MessageEvent<string>).data) as typeof data;
        } catch {
          // a hint without data is still a hint
        }
        pass({ event, ...data });
      });
    }
  };

  if (navigator.locks) {
    navigator.locks
      .request(channelName, { signal: stopping.signal }, () => {
        open();
        return new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
      })
      .catch(() => undefined);
  } else {
    open();
  }
  return {
    stop() {
      stopping.abort();
      clearTimeout(retry);
      source?.close();
      channel?.close();
    },
  };
}

/** Which reads a hint makes stale. */
export function invalidate(client: QueryClient, hint: Hint) {
  const stale = (...key: unknown[]) => void client.invalidateQueries({ queryKey: key });
  switch (hint.event) {
    case 'task':
      stale('tasks');
      stale('task');
      stale('instance');
      stale('overview');
      break;
    case 'instance':
      stale('instances');
      stale('instance');
      stale('history');
      stale('comments');
      stale('overview');
      stale('task');
      break;
    case 'notification':
      stale('notifications');
      break;
    default:
      stale();
  }
}
