import { useEffect, useId, useRef, useState } from 'react';
import { CommentOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Link } from 'react-router-dom';
import { useAddComment, useComments, type Comment, type Subject } from '../api/comments';
import { isProblem } from '../api/client';
import { announce } from '../app/announce';
import { formatInstant } from '../lib/dates';
import { withIds, withNames, type Mention } from '../lib/mentions';
import { useLanguage } from '../i18n';
import { MentionField } from './MentionField';
import { Section } from './Section';
import { Loading, ProblemView } from './states';

function Body({ comment }: { comment: Comment }) {
  return (
    <p className="prose">
      {withNames(comment.text, comment.mentions).map((part, i) =>
        typeof part === 'string' ? part : <span key={i} className="mentioned">@{part.name}</span>)}
    </p>
  );
}

function Write({ subject, unit }: { subject: Subject; unit?: string }) {
  const { t } = useLanguage();
  const id = useId();
  const [value, setValue] = useState('');
  const [chosen, setChosen] = useState<Mention[]>([]);
  const [fault, setFault] = useState<string | null>(null);
  const add = useAddComment(subject);
  const send = () => {
    if (!value.trim()) return setFault(t('comments.missing'));
    setFault(null);
    add.mutate(withIds(value.trim().normalize('NFC'), chosen), {
      onSuccess: () => {
        setValue('');
        setChosen([]);
        announce(t('comments.sent'));
      },
      onError: (e) => setFault(isProblem(e, 0) ? t('error.offlineTitle') : isProblem(e)
        ? (e.body.errors ?? []).map((one) => one.message).join(' ') || e.message : t('error.generic')),
    });
  };
  return (
    <form className="comment-form" noValidate onSubmit={(e) => { e.preventDefault(); send(); }}>
      <label htmlFor={id}>{t('comments.write')}</label>
      <MentionField id={id} value={value} chosen={chosen} unit={unit} maxLength={10000} invalid={!!fault} describedBy={`${id}-help`}
        onChange={(next, people) => { setValue(next); setChosen(people); setFault(null); }} />
      <div className="row spread">
        <p id={`${id}-help`} className={fault ? 'field-error' : 'muted small'} role={fault ? 'alert' : undefined}>
          {fault ?? t('comments.help')}
        </p>
        <Button htmlType="submit" loading={add.isPending}>{t('comments.send')}</Button>
      </div>
    </form>
  );
}

/** What people say about a case of `unit`; `here` is the task whose page this is. */
export function Comments({ about, here, unit }: { about: Subject; here?: string; unit?: string }) {
  const { t, text, language } = useLanguage();
  const list = useComments(about);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const more = list.hasNextPage && !list.isFetchingNextPage;
  const fetchNext = useRef(list.fetchNextPage);
  fetchNext.current = list.fetchNextPage;
  // The newest stand at the end, so all pages are read; a case has few comments.
  useEffect(() => {
    if (more) void fetchNext.current();
  }, [more]);
  return (
    <Section title={t('comments.title')} icon={<CommentOutlined />} id="comments">
      {list.isPending ? <Loading /> : list.isError && !list.data ? <ProblemView error={list.error} retry={() => void list.refetch()} />
        : items.length === 0 ? <p className="muted">{t('comments.empty')}</p>
        : (
          <ol className="comments">
            {items.map((comment) => (
              <li key={comment.seq} className="comment">
                <div className="row">
                  <strong>{comment.by.name}</strong>
                  <time className="muted small" dateTime={comment.at}>{formatInstant(comment.at, language)}</time>
                  {comment.task?.title && comment.task.id !== here && (
                    <Link className="small" to={`/tasks/${comment.task.id}`}>{text(comment.task.title)}</Link>
                  )}
                </div>
                <Body comment={comment} />
              </li>
            ))}
          </ol>
        )}
      <Write subject={here ? { kind: 'tasks', id: here } : about} unit={unit} />
    </Section>
  );
}
