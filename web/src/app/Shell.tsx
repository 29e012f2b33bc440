import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Drawer, Dropdown } from 'antd';
import {
  ApartmentOutlined, BellOutlined, CalendarOutlined, CheckSquareOutlined, ClockCircleOutlined, DownOutlined, ExperimentOutlined, FundOutlined,
  LogoutOutlined, MenuOutlined, PlusCircleOutlined, ScheduleOutlined, SettingOutlined, UserOutlined,
} from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Link, NavLink, useLocation } from 'react-router-dom';
import { onSessionEnded, request } from '../api/client';
import { invalidate, startLive, type Hint } from '../api/live';
import { useNotifications, useTasks } from '../api/queries';
import { Bell } from '../components/Bell';
import { Brand, LanguageSwitch } from '../components/Brand';
import { formatDay, timeOf } from '../lib/dates';
import { flushDrafts } from '../lib/draft';
import { useLanguage } from '../i18n';
import { announce } from './announce';
import { mayOversee, useNow, useSession } from './session';

type Item = { to: string; label: string; short?: string; icon: ReactNode; badge?: number; tab?: boolean };

function useItems(): Item[] {
  const { t } = useLanguage();
  const me = useSession();
  const mine = useTasks({ view: 'mine' }).data?.pages[0]?.counts;
  const open = mine ? Object.values(mine).reduce((sum, n) => sum + n, 0) : undefined;
  const items: Item[] = [
    { to: '/tasks', label: t('nav.tasks'), icon: <CheckSquareOutlined />, badge: open, tab: true },
    { to: '/plans', label: t('nav.plans'), icon: <ScheduleOutlined />, tab: true },
  ];
  if (mayOversee(me)) items.push({ to: '/overview', label: t('nav.overview'), short: t('nav.overviewShort'), icon: <FundOutlined />, tab: true });
  items.push({ to: '/start', label: t('nav.start'), icon: <PlusCircleOutlined />, tab: true });
  items.push({ to: '/calendar', label: t('calendar.nav'), icon: <CalendarOutlined /> });
  items.push({ to: '/workflows', label: t('nav.definitions'), icon: <ApartmentOutlined /> });
  if (me.isAdministrator) items.push({ to: '/rehearsal', label: t('rehearsal.title'), icon: <ExperimentOutlined /> });
  items.push({ to: '/notifications', label: t('nav.notifications'), icon: <BellOutlined /> });
  if (me.demo && me.isAdministrator) items.push({ to: '/clock', label: t('nav.clock'), icon: <ClockCircleOutlined /> });
  return items;
}

function NavList({ items, onGo }: { items: Item[]; onGo?: () => void }) {
  const { t } = useLanguage();
  return (
    <nav aria-label={t('app.menu')}>
      <ul className="nav-list">
        {items.map((item) => (
          <li key={item.to}>
            <NavLink to={item.to} onClick={onGo}>
              <span aria-hidden>{item.icon}</span>
              <span className="grow">{item.label}</span>
              {!!item.badge && <span className="count">{item.badge}</span>}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function DemoChip() {
  const { t, language } = useLanguage();
  const me = useSession();
  const now = useNow();
  if (!me.demo) return null;
  return (
    <p className="demo-chip">
      <strong>{t('app.demo')}</strong>
      <span><ClockCircleOutlined aria-hidden /> {timeOf(now)} {formatDay(now, language, true)}</span>
    </p>
  );
}

function AccountMenu() {
  const { t, text, role } = useLanguage();
  const me = useSession();
  const client = useQueryClient();
  const leave = async () => {
    await flushDrafts();
    onSessionEnded(null);
    await request('/session', { method: 'DELETE' }).catch(() => undefined);
    client.clear();
    location.assign('/');
  };
  const first = me.roles[0];
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          ...me.roles.map((r, i) => ({
            key: `role${i}`,
            disabled: true,
            className: 'menu-note',
            label: `${role(r.role)} - ${text(r.unitName)}`,
          })),
          { type: 'divider' as const },
          { key: 'settings', icon: <SettingOutlined />, label: <Link to="/settings">{t('settings.title')}</Link> },
          { key: 'out', icon: <LogoutOutlined />, label: t('app.signOut'), onClick: () => void leave() },
        ],
      }}
    >
      <button type="button" className="account-button">
        <span className="visually-hidden">{t('app.account')}: </span>
        <span className="avatar" aria-hidden><UserOutlined /></span>
        <span className="account-words">
          <strong>{me.person.name}</strong>
          <small>{first ? `${role(first.role)} · ${text(first.unitName)}` : me.account}</small>
        </span>
        <DownOutlined aria-hidden className="account-arrow" />
      </button>
    </Dropdown>
  );
}

/** Keeps the caches fresh from the server's hints and says what arrived. */
function useLive() {
  const client = useQueryClient();
  const { t, text } = useLanguage();
  const [connected, setConnected] = useState(true);
  const notifications = useNotifications();
  const newest = notifications.data?.items[0];
  const last = useRef<string | number | null | undefined>(undefined);
  useEffect(() => {
    if (!notifications.data) return;
    if (last.current !== undefined && newest && newest.id !== last.current && !newest.read) {
      announce(t('notifications.arrived', { title: text(newest.title) }));
    }
    last.current = newest?.id ?? null;
    // The words may change with the language; only a new notification is to be said.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [newest?.id, notifications.data]);
  useEffect(() => {
    const waiting = new Map<string, Hint>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      const hints = [...waiting.values()];
      waiting.clear();
      for (const hint of hints) invalidate(client, hint);
    };
    // A batch of commits gives many hints at once; one reading serves them all.
    const live = startLive((hint) => {
      waiting.set(hint.event, hint);
      timer ??= setTimeout(flush, 120);
    }, setConnected);
    return () => {
      clearTimeout(timer);
      live.stop();
    };
  }, [client]);
  return connected;
}

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useLanguage();
  const items = useItems();
  const [menu, setMenu] = useState(false);
  const connected = useLive();
  const [lost, setLost] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => {
    if (connected) return setLost(false);
    const timer = setTimeout(() => setLost(true), 8000); // a short break is no news
    return () => clearTimeout(timer);
  }, [connected]);
  const tabs = useMemo(() => items.filter((item) => item.tab), [items]);
  const onTask = /^\/tasks\/./.test(pathname);
  return (
    <div className={onTask ? 'shell shell-task' : 'shell'}>
      <a className="skip" href="#main">{t('app.skip')}</a>
      <div className="side">
        <NavLink to="/tasks" className="side-brand" aria-label={`${t('app.name')}: ${t('nav.tasks')}`}><Brand /></NavLink>
        <NavList items={items} />
        <DemoChip />
      </div>
      <header className="top">
        <button type="button" className="icon-button only-narrow" aria-label={t('app.openMenu')} onClick={() => setMenu(true)}>
          <MenuOutlined />
        </button>
        <span className="only-narrow top-brand"><Brand /></span>
        <span className="grow" />
        <LanguageSwitch />
        <Bell />
        <AccountMenu />
      </header>
      {lost && <div className="lost" role="status">{t('error.connectionLost')}</div>}
      <main id="main" tabIndex={-1} className="main">{children}</main>
      <nav className="tabbar" aria-label={t('app.menu')}>
        {tabs.map((item) => (
          <NavLink key={item.to} to={item.to}>
            <span aria-hidden className="tabbar-icon">
              {item.icon}
              {!!item.badge && <span className="tabbar-count">{item.badge > 99 ? '99+' : item.badge}</span>}
            </span>
            <span>{item.short ?? item.label}</span>
          </NavLink>
        ))}
      </nav>
      <Drawer open={menu} onClose={() => setMenu(false)} placement="left" size={288} title={<Brand />}
        closable={{ 'aria-label': t('app.closeMenu') }}>
        <NavList items={items} onGo={() => setMenu(false)} />
        <DemoChip />
      </Drawer>
    </div>
  );
}
