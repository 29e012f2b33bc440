import { useState, type ReactNode } from 'react';
import { App as AntApp, Button, Dropdown, Input, Modal } from 'antd';
import {
  DownOutlined, PlayCircleOutlined, QuestionCircleOutlined, RollbackOutlined, StopOutlined, SwapOutlined, UserAddOutlined, UserDeleteOutlined, UserSwitchOutlined,
} from '@ant-design/icons';
import { isProblem } from '../../api/client';
import { useDefinition } from '../../api/queries';
import { useTaskAction } from '../../api/tasks';
import type { TaskDetail, TaskVerb } from '../../api/types';
import { FieldError, faultsByField, PersonSelect } from '../../components/fields';
import { useSession } from '../../app/session';
import { isHeld } from '../../lib/tasks';
import { delegationIn, verbsOf } from '../../lib/verbs';
import { useLanguage } from '../../i18n';

type Field = 'to' | 'comment' | 'question' | 'reason';
/** What each asks for; the words are required where they are the point of it. */
const verbs: Record<Exclude<TaskVerb, 'claim' | 'provideInfo'>, { icon: ReactNode; person?: boolean; words?: Field; needed?: boolean; danger?: boolean }> = {
  start: { icon: <PlayCircleOutlined /> },
  requestInfo: { icon: <QuestionCircleOutlined />, person: true, words: 'question', needed: true },
  addSigner: { icon: <UserAddOutlined />, person: true, words: 'comment' },
  delegate: { icon: <UserSwitchOutlined />, person: true, words: 'comment' },
  release: { icon: <RollbackOutlined /> },
  reassign: { icon: <SwapOutlined />, person: true, words: 'comment' },
  removeSigner: { icon: <UserDeleteOutlined />, words: 'reason', danger: true },
  withdraw: { icon: <StopOutlined />, words: 'comment', needed: true, danger: true },
};
type Verb = keyof typeof verbs;

/** What may be done with a task besides answering it. */
export function Verbs({ task, trouble }: { task: TaskDetail; trouble: (error: unknown) => void }) {
  const { t } = useLanguage();
  const [asked, setAsked] = useState<Verb | null>(null);
  const me = useSession();
  // Whether it may be handed on stands in the definition alone.
  const definition = useDefinition(task.definition.name, undefined, task.mine && isHeld(task)).data;
  const allowed = verbsOf(task, me, delegationIn(definition?.document, task.name));
  const may = (Object.keys(verbs) as Verb[]).filter((verb) => allowed.includes(verb));
  if (!may.length) return null;
  return (
    <>
      <Dropdown trigger={['click']} menu={{
        items: may.map((verb) => ({ key: verb, danger: verbs[verb].danger, icon: <span aria-hidden>{verbs[verb].icon}</span>, label: t(`verbs.${verb}.name`), onClick: () => setAsked(verb) })),
      }}>
        <Button size="large" data-testid="verbs">{t('verbs.more')} <DownOutlined aria-hidden /></Button>
      </Dropdown>
      {asked && <Ask key={asked} task={task} verb={asked} trouble={trouble} onDone={() => setAsked(null)} />}
    </>
  );
}

function Ask({ task, verb, trouble, onDone }: { task: TaskDetail; verb: Verb; trouble: (error: unknown) => void; onDone: () => void }) {
  const { t } = useLanguage();
  const { message } = AntApp.useApp();
  const { person, words, needed, danger } = verbs[verb];
  const [to, setTo] = useState<string>();
  const [said, setSaid] = useState('');
  const [missing, setMissing] = useState<Record<string, string>>({});
  const act = useTaskAction<Record<string, unknown>>(task, verb);
  const refusal = isProblem(act.error) ? act.error : null;
  const faults: Record<string, string> = { ...faultsByField(refusal?.body.errors), ...missing };
  // What is refused about the person stands beside the person.
  if (refusal && [403, 422].includes(refusal.status) && !Object.keys(faults).length) faults[person ? 'to' : words ?? ''] = refusal.message;
  const go = () => {
    const gaps: Record<string, string> = {};
    if (person && !to) gaps.to = t('verbs.missingPerson');
    if (needed && !said.trim()) gaps[words!] = t('verbs.missingWords');
    setMissing(gaps);
    if (Object.keys(gaps).length) return document.getElementById(gaps.to ? 'verb-to' : 'verb-words')?.focus();
    act.mutate({ ...(person ? { to } : {}), ...(words && said.trim() ? { [words]: said.trim().normalize('NFC') } : {}) }, {
      onSuccess: () => { void message.success(t(`verbs.${verb}.done`)); onDone(); },
      onError: (e) => {
        if (isProblem(e, 403) || isProblem(e, 422)) return;
        trouble(e);
        onDone();
      },
    });
  };
  return (
    <Modal open title={t(`verbs.${verb}.title`)} onCancel={onDone} okText={t(`verbs.${verb}.ok`)} cancelText={t('app.cancel')} closable={{ 'aria-label': t('app.close') }}
      okButtonProps={{ loading: act.isPending, danger }} onOk={go}>
      <p className="dialog-lead">{t(`verbs.${verb}.lead`)}</p>
      {person && (
        <div className="field">
          <label htmlFor="verb-to">{t(`verbs.${verb}.to`)}</label>
          <PersonSelect id="verb-to" value={to} except={task.holder && verb !== 'reassign' ? [task.holder.id] : []} invalid={!!faults.to} describedBy="verb-to-fault"
            onChange={(value) => { setTo(value); setMissing({}); act.reset(); }} />
          <FieldError id="verb-to-fault">{faults.to}</FieldError>
        </div>
      )}
      {words && (
        <div className="field">
          <label htmlFor="verb-words">
            {t(`verbs.words.${words}`)}
            {needed ? <span className="required"> ({t('task.required')})</span> : <span className="muted"> ({t('task.optional')})</span>}
          </label>
          <Input.TextArea id="verb-words" rows={3} maxLength={4000} value={said} status={faults[words] ? 'error' : undefined} aria-invalid={!!faults[words] || undefined} aria-describedby="verb-words-fault"
            onChange={(e) => { setSaid(e.target.value); setMissing({}); }} />
          <FieldError id="verb-words-fault">{faults[words]}</FieldError>
        </div>
      )}
      {!person && !words && <FieldError>{faults['']}</FieldError>}
    </Modal>
  );
}
