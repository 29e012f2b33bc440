import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Tagged } from '../../api/client';
import { draftStore, readDraft, type Draft } from '../../api/drafts';
import type { Attachment, TaskDetail } from '../../api/types';
import { clean } from '../../form/validator';
import { DraftKeeper, type DraftState } from '../../lib/draft';
import { isOpen } from '../../lib/tasks';

export type Files = Record<string, Attachment[]>;

const byKind = (files: Attachment[]): Files => {
  const out: Files = {};
  for (const file of files) (out[file.type] ??= []).push(file);
  return out;
};

/** The answer a person is about to give, kept as a draft on the server while they write. */
export function useAnswer(task: TaskDetail, loaded: Tagged<Draft | undefined> | undefined) {
  const first = loaded?.body;
  const [data, setData] = useState<Record<string, unknown>>(() => first?.data ?? task.prefill ?? {});
  const [comment, setComment] = useState(first?.comment ?? '');
  const [files, setFiles] = useState<Files>(() => byKind(first?.attachments ?? []));
  const [restored, setRestored] = useState(first);
  const [state, setState] = useState<DraftState>({ kind: 'none' });
  const touched = useRef(!!first);
  const changed = useRef(false);
  const keeper = useRef<DraftKeeper | null>(null);
  const may = isOpen(task) && task.canComplete;

  const take = useCallback((draft: Draft | undefined) => {
    setData(draft?.data ?? task.prefill ?? {});
    setComment(draft?.comment ?? '');
    setFiles(byKind(draft?.attachments ?? []));
    setRestored(draft);
    touched.current = !!draft;
    changed.current = false;
  }, [task.prefill]);

  // A draft may come only once the task was taken; what is typed by then goes before it.
  const seen = useRef(loaded);
  useEffect(() => {
    if (!loaded || loaded === seen.current) return;
    seen.current = loaded;
    keeper.current?.follow(loaded.etag);
    if (!touched.current) take(loaded.body);
  }, [loaded, take]);

  useEffect(() => {
    const own = new DraftKeeper(draftStore(task.id), seen.current?.etag, setState);
    keeper.current = own;
    const hidden = () => document.visibilityState === 'hidden' && void own.flush(true);
    const leaving = (e: BeforeUnloadEvent) => {
      if (own.pending) e.preventDefault();
    };
    document.addEventListener('visibilitychange', hidden);
    window.addEventListener('beforeunload', leaving);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      window.removeEventListener('beforeunload', leaving);
      own.stop();
      keeper.current = null;
    };
  }, [task.id]);

  const attachments = useMemo(() => Object.values(files).flat().map((file) => file.id), [files]);
  const content = () => ({ comment, attachments, ...(task.form ? { data: clean(data) ?? {} } : {}) });
  useEffect(() => {
    if (changed.current && may) keeper.current?.put(content());
    // What it holds is made of exactly these.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [data, comment, attachments, may]);

  const touch = () => {
    touched.current = true;
    changed.current = true;
  };
  return {
    data, comment, files, attachments, state, restored,
    touched: () => touched.current,
    /** `typed`: by the person, not by the form filling in its defaults. */
    setData: (value: Record<string, unknown>, typed: boolean) => { if (typed) touch(); setData(value); },
    setComment: (value: string) => { touch(); setComment(value); },
    setFiles: (change: (old: Files) => Files) => { touch(); setFiles(change); },
    async discard() {
      await keeper.current?.discard();
      take(undefined);
    },
    /** Goes on with what another page stored, or writes over it. */
    async settle(theirs: boolean) {
      const fresh = await readDraft(task.id);
      keeper.current?.follow(fresh.etag);
      if (theirs) take(fresh.body);
      else keeper.current?.put(content());
    },
    /** The answer was sent. */
    done() {
      touched.current = false;
      changed.current = false;
      keeper.current?.drop();
    },
  };
}
export type Answer = ReturnType<typeof useAnswer>;
