import type { ReactNode } from 'react';
import { CheckCircleFilled, ClockCircleFilled, MinusCircleOutlined, RollbackOutlined } from '@ant-design/icons';
import type { InstanceDetail, InstanceStep, StepState } from '../../api/types';
import { useNow } from '../../app/session';
import { DueDate, DueTag } from '../../components/tags';
import { daysBetween, formatInstant } from '../../lib/dates';
import { useLanguage } from '../../i18n';

const stepIcon: Record<StepState, ReactNode> = {
  done: <CheckCircleFilled />,
  current: <ClockCircleFilled />,
  waiting: <span className="step-ring" />,
  skipped: <MinusCircleOutlined />,
  returned: <RollbackOutlined />,
};

/** The steps in order: what is done and by whom, where it stands and who holds it. */
export function Stepper({ plan }: { plan: InstanceDetail }) {
  const { t, text, language } = useLanguage();
  const now = useNow();
  const running = plan.state === 'running' || plan.state === 'waiting';
  return (
    <ol className="stepper">
      {plan.steps.map((step: InstanceStep) => {
        const here = running && step.state === 'current'
          ? plan.current.filter((c) => c.step === step.pointer || c.step === step.name)
          : [];
        return (
          <li key={step.pointer} className={`step step-${step.state}`} aria-current={step.state === 'current' ? 'step' : undefined}>
            <span className="step-icon" aria-hidden>{stepIcon[step.state]}</span>
            <div className="step-body">
              <div className="step-title">
                {text(step.title)}
                {step.rounds > 1 && <span className="tag">{t('plan.rounds', { n: step.rounds })}</span>}
              </div>
              <div className="step-state">
                {t(`plan.stepState.${step.state}`)}
                {step.outcome && <>: <strong>{text(step.outcome)}</strong></>}
              </div>
              {step.by && step.at && <div className="muted small">{text(step.by)} · {formatInstant(step.at, language)}</div>}
              {here.map((c, i) => (
                <div key={i} className="step-now">
                  <div>
                    {t('plan.held', { holder: text(c.holders), since: formatInstant(c.since, language) })}
                    {' · '}
                    {daysBetween(c.since, now) > 0 ? t('plan.heldDays', { count: daysBetween(c.since, now) }) : t('plan.heldToday')}
                  </div>
                  {(c.dueAt || c.dueDate) && <div>{t('due.label')}: <DueDate due={c} weekday /> <DueTag due={c} /></div>}
                </div>
              ))}
              {step.state === 'waiting' && text(step.dueText) && <div className="muted small">{text(step.dueText)}</div>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
