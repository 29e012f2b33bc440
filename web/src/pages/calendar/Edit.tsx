import { useEffect, useRef, useState } from 'react';
import { Alert, App as AntApp, Button, Checkbox, Input, Select } from 'antd';
import { UploadOutlined } from '@ant-design/icons';
import { previewCalendar, readCalendar, useApplyCalendar, type CalendarFile, type DayKind } from '../../api/calendar';
import { isProblem, type Problem } from '../../api/client';
import { useNow } from '../../app/session';
import { DayField, FieldError } from '../../components/fields';
import { Section } from '../../components/Section';
import { fileOfDay, noMoves, withPage, type Moves } from '../../lib/calendar';
import { dayOf } from '../../lib/dates';
import { useLanguage } from '../../i18n';
import type { Editing } from './Manage';
import { Preview } from './Preview';

const dayKinds: DayKind[] = ['holiday', 'compensation', 'swap_off', 'swap_work', 'work'];
const fileBytesMax = 1 << 20;

const parse = (text: string): CalendarFile | null => {
  try {
    const file = JSON.parse(text) as CalendarFile;
    return file && typeof file === 'object' && typeof file.id === 'string' && file.id ? file : null;
  } catch {
    return null;
  }
};

/** One change of a calendar: written, previewed, then applied with a reason. */
export function Edit({ editing, onDone }: { editing: Editing; onDone: () => void }) {
  const { t } = useLanguage();
  const { message } = AntApp.useApp();
  const today = dayOf(useNow());
  const heading = useRef<HTMLDivElement>(null);
  const [day, setDay] = useState<{ date?: string; kind: DayKind; vi: string; en: string; legalBasis: string; provisional: boolean }>(
    { kind: 'holiday', vi: '', en: '', legalBasis: '', provisional: false });
  const [source, setSource] = useState('');
  const [replace, setReplace] = useState(false);
  const [reason, setReason] = useState('');
  const [moves, setMoves] = useState<{ moves: Moves; whole: boolean } | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const looking = useRef<AbortController | null>(null);
  const apply = useApplyCalendar();
  const byDay = editing.how === 'day';

  useEffect(() => {
    heading.current?.focus();
    if (byDay || !editing.calendar) return;
    let gone = false;
    void readCalendar(editing.calendar).then((file) => { if (!gone) { setSource(JSON.stringify(file, null, 2)); setReplace(true); } }, () => undefined);
    return () => { gone = true; };
  }, [byDay, editing.calendar]);
  useEffect(() => () => looking.current?.abort(), []);
  // Another content has another preview.
  useEffect(() => {
    looking.current?.abort();
    setMoves(null);
    setRefusal(null);
    setFault(null);
  }, [day, source, replace]);

  const file = (): CalendarFile | null => {
    if (!byDay) {
      const parsed = parse(source);
      if (!parsed) setFault(t('calendar.badJson'));
      return parsed;
    }
    if (!day.date) {
      setFault(t('calendar.missingDay'));
      document.getElementById('new-day')?.focus();
      return null;
    }
    return fileOfDay(editing.calendar, { date: day.date, kind: day.kind, name: { vi: day.vi.trim(), en: day.en.trim() }, legalBasis: day.legalBasis.trim(), provisional: day.provisional });
  };
  const refused = (e: unknown) => {
    if (isProblem(e) && e.status >= 400 && e.status < 500) setRefusal(e);
    else void message.error(isProblem(e) && e.status ? e.message : t('error.offlineTitle'));
  };
  const look = async () => {
    const given = file();
    if (!given) return;
    const stop = new AbortController();
    looking.current = stop;
    setBusy(true);
    setRefusal(null);
    let found = noMoves;
    try {
      for (let after: string | undefined; ;) {
        const page = await previewCalendar(given, replace && !byDay, after, stop.signal);
        found = withPage(found, page);
        const whole = !page.page?.has_more;
        setMoves({ moves: found, whole });
        if (whole) break;
        after = page.page?.end_cursor ?? undefined;
      }
    } catch (e) {
      if (!stop.signal.aborted) refused(e);
    } finally {
      setBusy(false);
    }
  };
  const store = () => {
    const given = file();
    if (!given) return;
    if (!reason.trim()) {
      setFault(t('calendar.missingReason'));
      document.getElementById('change-reason')?.focus();
      return;
    }
    apply.mutate({ file: given, replace: replace && !byDay, reason: reason.trim() }, {
      onSuccess: (made) => {
        void message.success(made.change ? t('calendar.applied') : t('calendar.nothingChanged'));
        onDone();
      },
      onError: refused,
    });
  };
  const upload = async (chosen: File | undefined) => {
    if (!chosen) return;
    if (chosen.size > fileBytesMax) return setFault(t('calendar.tooBig'));
    setSource(await chosen.text());
    setReplace(false);
  };
  return (
    <div ref={heading} tabIndex={-1} className="no-outline">
      <Section title={byDay ? t('calendar.addDayTo', { name: editing.calendar }) : editing.calendar ? t('calendar.editFileOf', { name: editing.calendar }) : t('calendar.newFile')}>
        {byDay ? (
          <>
            <div className="pair">
              <div className="field">
                <label htmlFor="new-day">{t('calendar.day')}</label>
                <DayField id="new-day" value={day.date} min={today} onChange={(date) => setDay({ ...day, date })} invalid={!!fault && !day.date} describedBy="edit-fault" />
              </div>
              <div className="field">
                <label htmlFor="new-kind">{t('calendar.kindOfDay')}</label>
                <Select id="new-kind" className="wide" value={day.kind} onChange={(kind) => setDay({ ...day, kind })} options={dayKinds.map((kind) => ({ value: kind, label: t(`calendar.kind.${kind}`) }))} />
              </div>
              <div className="field">
                <label htmlFor="new-vi">{t('calendar.nameVi')}</label>
                <Input id="new-vi" value={day.vi} maxLength={200} onChange={(e) => setDay({ ...day, vi: e.target.value })} />
              </div>
              <div className="field">
                <label htmlFor="new-en">{t('calendar.nameEn')}</label>
                <Input id="new-en" value={day.en} maxLength={200} onChange={(e) => setDay({ ...day, en: e.target.value })} />
              </div>
            </div>
            <div className="field">
              <label htmlFor="new-basis">{t('calendar.basis')}</label>
              <Input id="new-basis" value={day.legalBasis} maxLength={300} onChange={(e) => setDay({ ...day, legalBasis: e.target.value })} />
            </div>
            <p className="after-field"><Checkbox checked={day.provisional} onChange={(e) => setDay({ ...day, provisional: e.target.checked })}>{t('calendar.isProvisional')}</Checkbox></p>
          </>
        ) : (
          <>
            <div className="field">
              <div className="row spread">
                <label htmlFor="calendar-file">{t('calendar.file')}</label>
                <label className="button-link file-pick"><UploadOutlined aria-hidden /> {t('calendar.chooseFile')}
                  <input type="file" accept="application/json,.json" className="visually-hidden" onChange={(e) => void upload(e.target.files?.[0])} />
                </label>
              </div>
              <textarea id="calendar-file" className="native-area mono file-text" spellCheck={false} rows={14} value={source} aria-describedby="file-help edit-fault" onChange={(e) => setSource(e.target.value)} />
              <p id="file-help" className="muted small">{t('calendar.fileHelp')}</p>
            </div>
            <p className="after-field"><Checkbox checked={replace} onChange={(e) => setReplace(e.target.checked)}>{t('calendar.replace')}</Checkbox></p>
          </>
        )}
        <FieldError id="edit-fault">{fault}</FieldError>
        {refusal && (
          <Alert type="error" showIcon role="alert" title={refusal.message}
            description={refusal.body.errors?.length ? <ul className="plain-list">{refusal.body.errors.map((e, i) => <li key={i}><code>{e.pointer}</code> {e.message}</li>)}</ul> : undefined} />
        )}
        {moves && <Preview moves={moves.moves} whole={moves.whole} />}
        {moves?.whole && (
          <div className="field">
            <label htmlFor="change-reason">{t('calendar.reason')}</label>
            <Input id="change-reason" value={reason} maxLength={2000} placeholder={t('calendar.reasonExample')} onChange={(e) => { setReason(e.target.value); setFault(null); }} />
          </div>
        )}
        <div className="form-foot row">
          <Button onClick={onDone}>{t('app.cancel')}</Button>
          <Button type={moves?.whole ? 'default' : 'primary'} loading={busy} onClick={() => void look()}>{t('calendar.preview')}</Button>
          {moves?.whole && <Button type="primary" loading={apply.isPending} onClick={store}>{t('calendar.apply')}</Button>}
        </div>
      </Section>
    </div>
  );
}
