// The shapes of docs/api.md.
export type Text = { vi: string; en: string };

export type Named = { id: string; name: string };
export type UnitRef = { id: string; name: Text };

export type Me = {
  person: Named;
  account: string;
  roles: { role: string; unit: string; unitName: Text }[];
  isAdministrator: boolean;
  demo: boolean;
  units: UnitRef[];
  home: string;
  clock: Clock;
};
export type Clock = { now: string; virtual: boolean };

export type LegalBasis = {
  act: string | Text;
  clause: string | Text;
  uri?: string;
  text?: string | Text;
  certainty: 'law' | 'default';
  effectiveFrom?: string;
};

export type FormSpec = { schema: Record<string, unknown>; ui?: Record<string, unknown> };

export type Definition = {
  name: string;
  namespace: string;
  version: string;
  title: Text;
  summary: Text;
  publishedAt: string;
  schedule: { cron: string; description: Text } | null;
  startable: boolean;
  startableUnits?: UnitRef[];
  startForm: FormSpec | null;
  legalBasis: LegalBasis[];
};
export type StepOutline = {
  pointer: string;
  name: string;
  kind: string;
  title: Text;
  roles: (string | Text)[];
  due: unknown;
  dueText?: Text | null;
  legalBasis: LegalBasis[];
};
export type DefinitionDetail = Definition & {
  steps: StepOutline[];
  document: unknown;
  versions: (string | { version: string })[];
};

export type InstanceState = 'running' | 'waiting' | 'suspended' | 'completed' | 'faulted' | 'cancelled';
export type CurrentStep = {
  step: string;
  title: Text;
  holders: Text;
  since: string;
  dueAt?: string | null;
  dueDate?: string | null;
  overdue: boolean;
};
export type Instance = {
  id: string;
  definition: { name: string; version: string; title: Text };
  unit: UnitRef | null;
  title: Text;
  businessKey: string | null;
  state: InstanceState;
  startedAt: string;
  endedAt?: string | null;
  initiator: Named | null;
  current: CurrentStep[];
  overdue: boolean;
  outcome?: string | null;
};
export type StepState = 'done' | 'current' | 'waiting' | 'skipped' | 'returned';
export type InstanceStep = StepOutline & {
  state: StepState;
  rounds: number;
  by?: Text | string | null;
  at?: string | null;
  outcome?: Text | null;
};
export type InstanceDetail = Instance & {
  input: unknown;
  output: unknown;
  error?: { type: string; status: number; title: string; detail?: string; instance?: string } | null;
  steps: InstanceStep[];
  tasks: Task[];
  attachments: Attachment[];
  waiting: Text | null;
  progress?: Progress[];
  suspended?: { since: string; by: Named | null; reason: string } | null;
};
/** Why an instance waits, the most urgent first. */
export type Why = {
  id: string;
  state: InstanceState;
  why: Text;
  reasons: { kind: string; text: Text; since?: string; dueAt?: string; task?: string }[];
};
export type HistoryEntry = {
  seq: number;
  at: string;
  kind: string;
  title: Text;
  via?: 'web' | 'api' | 'cli' | 'bulk';
  by?: Named | null;
  onBehalfOf?: Named | null;
  step?: { pointer: string; title: Text } | null;
  /** The task it is about. */
  task?: string;
  comment?: string | null;
  outcome?: Text | null;
  attachments?: Attachment[];
  details?: Record<string, unknown>;
};

export type DueGroup = 'overdue' | 'today' | 'week' | 'later' | 'none';
export type TaskState = 'offered' | 'claimed' | 'in_progress' | 'completed' | 'withdrawn' | 'expired';
export type Task = {
  id: string;
  etag: string;
  name: string;
  kind: 'task' | 'ballot' | 'tally' | 'countersign' | 'casting';
  title: Text;
  state: TaskState;
  instance: { id: string; title: Text };
  definition: { name: string; title: Text };
  unit: UnitRef | null;
  openedAt: string;
  dueAt?: string | null;
  dueDate?: string | null;
  provisional: boolean;
  overdue: boolean;
  dueGroup: DueGroup;
  /** Of a deadline that has moved. */
  originalDueDate?: string;
  /** Somebody waits for a decision on more time. */
  extensionAskedAt?: string;
  holder: Named | null;
  /** For whom the holder holds it, or who ended it acted. */
  onBehalfOf?: Named | null;
  /** For whom the caller would act as a deputy. */
  actingFor?: Named | null;
  candidates: Text;
  mine: boolean;
  claimable: boolean;
  delegated?: boolean;
  /** The caller was asked for information. */
  asked?: boolean;
  mayRecall?: boolean;
  priority: number | string;
  round: number;
  outcome?: Text | null;
  completedAt?: string | null;
  completedBy?: Named | string | null;
};
export type Outcome = {
  id: string;
  label: Text;
  style: 'positive' | 'neutral' | 'negative';
  requires: ('comment' | 'attachment' | 'form' | string)[];
};
export type Evidence = {
  type: string;
  label: Text;
  min: number;
  max?: number | null;
  mediaTypes?: string[];
  maxBytes?: number | null;
  forOutcomes?: string[];
};
export type Attachment = {
  id: string;
  type: string;
  name: string;
  mediaType: string;
  size: number;
  sha256: string;
  uploadedBy?: Named | string | null;
  uploadedAt?: string;
};
export type EarlierDecision = {
  step: string;
  title: Text;
  by: Named | string | null;
  at: string;
  outcome: Text;
  comment?: string | null;
  attachments?: Attachment[];
};
export type Extension = {
  askedBy: Named | null;
  askedAt: string | null;
  reason: string;
  wanted: unknown;
  deciders: Text;
  state: 'asked' | 'granted' | 'refused';
  decidedBy: Named | null;
  decidedAt: string | null;
  comment: string | null;
  given: unknown;
  dueWas: string | null;
};
/** What will happen to a task while nobody acts; whom it reaches is judged again at that time. */
export type UpcomingNotice = {
  at: string;
  kind: string;
  round?: number;
  action?: string;
  title: Text;
  why?: Text;
  to?: (Named & { delivery?: 'now' | 'later' | 'bell'; deliverAt?: string })[];
};
export type SentNotice = {
  at: string;
  plannedAt?: string;
  kind: string;
  action?: string;
  round?: number;
  late?: boolean;
  title: Text;
  note?: string;
  to?: (Named & { confirmedAt?: string | null; mail?: { state: string; at?: string } })[];
  collapsed?: Named[];
};
export type TaskDetail = Task & {
  instructions: Text | null;
  outcomes: Outcome[];
  form: FormSpec | null;
  prefill: Record<string, unknown>;
  evidence: Evidence[];
  legalBasis: LegalBasis[];
  dueExplain: Text[];
  reminders: UpcomingNotice[];
  context: { label: Text; value: unknown }[];
  earlier: EarlierDecision[];
  extensions?: Extension[];
  canAskExtension?: boolean;
  canDecideExtension?: boolean;
  canComplete: boolean;
  blockedReason: Text | null;
  progress?: Progress | null;
};
export type TaskVerb =
  'start' | 'claim' | 'release' | 'delegate' | 'reassign' | 'requestInfo' | 'provideInfo' | 'addSigner' | 'removeSigner' | 'withdraw';
/** How far a step has come that asks several people. */
export type Progress = {
  pointer: string;
  step: string;
  title: Text;
  kind: 'task' | 'vote';
  asked: number;
  answered: number;
  answers: { by: Named | null; onBehalfOf: Named | null; unit: UnitRef | null; at: string; automatic: boolean; outcome?: Text; group?: number }[];
  missing: { task?: string; unit: UnitRef | null; holder: Named | null; holders: Text; group?: number; waitsForTurn: boolean }[];
  tally: Record<string, number> | null;
  /** What the tally counts, in words. */
  outcomes?: { id: string; label: Text }[];
  ballot?: 'open' | 'secret';
  closesAt?: string | null;
};
export type Notification = {
  id: number | string;
  at: string;
  kind: string;
  title: Text;
  body: Text;
  task?: string | null;
  instance?: string | null;
  read: boolean;
};
export type Overview = {
  unit: UnitRef;
  totals: { running: number; overdue: number; dueThisWeek: number; completedThisYear: number };
  byDefinition: { definition: string; title: Text; running: number; overdue: number; completed: number }[];
  byPerson: { person: Named; open: number; overdue: number }[];
  instances: Instance[];
};
export type Person = { id: string; name: string; unit: string; unitName: Text; roles: string[] };
export type Unit = { id: string; name: Text; kind: string; parent: string | null };
export type Page<T> = { items: T[]; page?: { end_cursor: string | null; has_more: boolean } };
export type TaskPage = Page<Task> & { counts: Record<DueGroup, number> };
export type StartAnswer = { id: string; state: string; openTasks: { id: string; name: string; etag: string }[] };
export type ManyStarts = {
  results: { unit: string; status: number | string; id?: string; problem?: ProblemBody }[];
};
export type CompleteAnswer = {
  task: Task;
  instance: { id: string; state: InstanceState };
  openTasks: { id: string; name: string; etag: string }[];
};
export type FieldError = { pointer: string; code: string; message: string };
export type ProblemBody = {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  errors?: FieldError[];
  current?: Task;
  existing?: { id: string };
};
