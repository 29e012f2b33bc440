import { QuestionCircleOutlined } from '@ant-design/icons';
import { Link } from 'react-router-dom';
import { PageTitle } from '../components/states';
import { useLanguage } from '../i18n';

export default function NotFoundPage() {
  const { t } = useLanguage();
  return (
    <div className="page problem">
      <span aria-hidden className="empty-icon"><QuestionCircleOutlined /></span>
      <PageTitle title={t('error.notFoundTitle')} />
      <p className="muted">{t('error.notFound')}</p>
      <Link className="button-link" to="/tasks">{t('error.home')}</Link>
    </div>
  );
}
