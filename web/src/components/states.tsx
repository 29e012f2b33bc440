import { useEffect, useRef, type ReactNode } from 'react';
import { Button, Spin } from 'antd';
import { CloudServerOutlined, InboxOutlined, LockOutlined, QuestionCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { Link, useLocation } from 'react-router-dom';
import { isProblem } from '../api/client';
import { useLanguage } from '../i18n';

export function Loading({ page }: { page?: boolean }) {
  const { t } = useLanguage();
  return (
    <div className={page ? 'loading loading-page' : 'loading'} role="status">
      <Spin />
      <span>{t('app.loading')}</span>
    </div>
  );
}

export function Empty({ icon, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <div className="empty">
      <span aria-hidden className="empty-icon">{icon ?? <InboxOutlined />}</span>
      <div>{children}</div>
    </div>
  );
}

/** What to show instead of a page that could not be read. */
export function ProblemView({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useLanguage();
  const status = isProblem(error) ? error.status : -1;
  const [icon, title, lead] =
    status === 404 ? [<QuestionCircleOutlined key="i" />, t('error.notFoundTitle'), t('error.notFound')]
    : status === 403 ? [<LockOutlined key="i" />, t('error.forbiddenTitle'), isProblem(error) ? error.message : '']
    : status === 0 ? [<CloudServerOutlined key="i" />, t('error.offlineTitle'), t('error.offline')]
    : [<WarningOutlined key="i" />, t('error.generic'), isProblem(error) ? error.message : t('error.genericLead')];
  return (
    <div className="problem" role="alert">
      <span aria-hidden className="empty-icon">{icon}</span>
      <h2>{title}</h2>
      <p className="muted">{lead}</p>
      <div className="row center">
        {retry && status !== 404 && status !== 403 && <Button type="primary" onClick={retry}>{t('app.retry')}</Button>}
        <Link className="button-link" to="/tasks">{t('error.home')}</Link>
      </div>
    </div>
  );
}

let first = true;
/** The heading of a page: names the document and takes the focus when one page replaces another. */
export function PageTitle({ children, title, className }: { children?: ReactNode; title: string; className?: string }) {
  const { t } = useLanguage();
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname, state } = useLocation();
  // What opened by itself leaves the focus where the person has it.
  const quiet = (state as { quiet?: boolean } | null)?.quiet;
  useEffect(() => {
    document.title = `${title} · ${t('app.name')}`;
  }, [title, t]);
  useEffect(() => {
    if (!first && !quiet) heading.current?.focus({ preventScroll: true });
    first = false;
  }, [pathname, quiet]);
  return <h1 ref={heading} tabIndex={-1} className={className}>{children ?? title}</h1>;
}
