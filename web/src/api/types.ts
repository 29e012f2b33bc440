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

export type InstanceState = 'running' | 'waiting' | 'completed' | 'faulted' | 'cancelled';
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
};
export type HistoryEntry = {
  seq: number;
  at: string;
  kind: string;
  title: Text;
  by?: Named | null;
  step?: { pointer: string; title: Text } | null;
  comment?: string | null;
  outcome?: Text | null;
  attachments?: Attachment[];
  details?: Record<string, unknown>;
};

export type DueGroup = 'overdue' | 'today' | 'week' | 'later' | 'none';
export type TaskState = 'offered' | 'claimed' | 'completed' | 'withdrawn' | 'expired';
export type Task = {
  id: string;
  etag: string;
  name: string;
  kind: 'task' | 'ballot' | 'tally' | 'countersign';
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
  holder: Named | null;
  candidates: Text;
  mine: boolean;
  claimable: boolean;
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
export type TaskDetail = Task & {
  instructions: Text | null;
  outcomes: Outcome[];
  form: FormSpec | null;
  prefill: Record<string, unknown>;
  evidence: Evidence[];
  legalBasis: LegalBasis[];
  dueExplain: Text[];
  reminders: { at: string; kind: string; title: Text }[];
  context: { label: Text; value: unknown }[];
  earlier: EarlierDecision[];
  canComplete: boolean;
  blockedReason: Text | null;
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
