import { useEffect, useRef, useState } from 'react';
import { BellOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import { request } from '../api/client';
import { useNotifications } from '../api/queries';
import type { Notification, Page } from '../api/types';
import { formatInstant } from '../lib/dates';
import { useLanguage } from '../i18n';
import { Empty } from './states';

export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids: Notification['id'][] | 'all') =>
      request('/notifications:read', { method: 'POST', body: ids === 'all' ? { all: true } : { ids } }),
    onMutate: (ids) => {
      client.setQueryData<Page<Notification> & { unread: number }>(['notifications'], (old) => {
        if (!old) return old;
        const items = old.items.map((n) => (ids === 'all' || ids.includes(n.id) ? { ...n, read: true } : n));
        const changed = old.items.filter((n, i) => n.read !== items[i].read).length;
        return { ...old, items, unread: ids === 'all' ? 0 : Math.max(0, old.unread - changed) };
      });
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['notifications'] }),
  });
}

export function NotificationItem({ item, onGo }: { item: Notification; onGo?: () => void }) {
  const { t, text, language } = useLanguage();
  const mark = useMarkRead();
  const to = item.task ? `/tasks/${item.task}` : item.instance ? `/plans/${item.instance}` : '/notifications';
  return (
    <Link
      to={to}
      className={item.read ? 'note' : 'note note-unread'}
      onClick={() => {
        if (!item.read) mark.mutate([item.id]);
        onGo?.();
      }}
    >
      <span className="note-dot" aria-hidden />
      <span className="grow">
        <strong>{text(item.title)}</strong>
        {text(item.body) && <span className="note-body">{text(item.body)}</span>}
        <span className="muted small">
          {formatInstant(item.at, language)}
          {!item.read && <span className="visually-hidden"> · {t('notifications.isUnread')}</span>}
        </span>
      </span>
    </Link>
  );
}

export function Bell() {
  const { t } = useLanguage();
  const [open, setOpen] = useState(false);
  const { data } = useNotifications();
  const mark = useMarkRead();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const unread = data?.unread ?? 0;
  useEffect(() => {
    if (!open) return;
    const outside = (e: Event) => {
      if (!root.current?.contains(e.target as Node)) setOpen(false);
    };
    const escape = (e: KeyboardEvent) => {
      if (e.key !== 'Escape') return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    document.addEventListener('keydown', escape);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
      document.removeEventListener('keydown', escape);
    };
  }, [open]);
  return (
    <div className="bell-root" ref={root}>
      <button ref={button} type="button" className="icon-button bell-button" aria-expanded={open} aria-controls="bell"
        aria-label={t('notifications.bell', { count: unread })} onClick={() => setOpen(!open)}>
        <BellOutlined />
        {unread > 0 && <span className="bell-count" aria-hidden data-testid="bell-count">{unread > 99 ? '99+' : unread}</span>}
      </button>
      <section id="bell" className="bell" hidden={!open} aria-label={t('notifications.title')}>
        <div className="bell-head">
          <h2>{t('notifications.title')}</h2>
          {unread > 0 && (
            <button type="button" className="text-button" onClick={() => mark.mutate('all')}>{t('notifications.markAll')}</button>
          )}
        </div>
        <div className="bell-list">
          {data?.items.length
            ? data.items.slice(0, 12).map((n) => <NotificationItem key={n.id} item={n} onGo={() => setOpen(false)} />)
            : <Empty icon={<BellOutlined />}>{t('notifications.empty')}</Empty>}
        </div>
        <Link to="/notifications" className="bell-all" onClick={() => setOpen(false)}>{t('notifications.showAll')}</Link>
      </section>
    </div>
  );
}
