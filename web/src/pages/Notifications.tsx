import { useState } from 'react';
import { BellOutlined } from '@ant-design/icons';
import { Button, Checkbox } from 'antd';
import { useNotifications } from '../api/queries';
import { NotificationItem, useMarkRead } from '../components/Bell';
import { Empty, Loading, PageTitle, ProblemView } from '../components/states';
import { useLanguage } from '../i18n';

export default function NotificationsPage() {
  const { t } = useLanguage();
  const query = useNotifications();
  const mark = useMarkRead();
  const [unreadOnly, setUnreadOnly] = useState(false);
  const items = (query.data?.items ?? []).filter((n) => !unreadOnly || !n.read);
  return (
    <div className="page page-narrow">
      <div className="page-head row spread">
        <div>
          <PageTitle title={t('notifications.title')} />
          <p className="muted">{t('notifications.unread', { count: query.data?.unread ?? 0 })}</p>
        </div>
        <div className="row">
          <Checkbox checked={unreadOnly} onChange={(e) => setUnreadOnly(e.target.checked)}>{t('notifications.onlyUnread')}</Checkbox>
          <Button disabled={!query.data?.unread} onClick={() => mark.mutate('all')}>{t('notifications.markAll')}</Button>
        </div>
      </div>
      {query.isPending ? <Loading /> : query.isError && !query.data ? <ProblemView error={query.error} retry={() => void query.refetch()} />
        : items.length === 0 ? <Empty icon={<BellOutlined />}>{t('notifications.empty')}</Empty>
        : <div className="card card-flush notes">{items.map((n) => <NotificationItem key={n.id} item={n} />)}</div>}
    </div>
  );
}
