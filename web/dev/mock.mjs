// A small stand-in for the server, for work on the pages alone: `npm run build && npm run mock`.
// It follows docs/api.md with made-up cases of the real definitions and forgets everything at the end.
// Accounts: chuyen-vien, giam-doc, chu-tich, quan-tri; password: demo. PORT, default 8099.
import { createServer } from 'node:http';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { randomBytes } from 'node:crypto';

const dist = new URL('../dist/', import.meta.url).pathname;
const flows = new URL('../../definitions/workflows/', import.meta.url).pathname;
const port = Number(process.env.PORT ?? 8099);
const day = 86_400_000;
const T = (vi, en) => ({ vi, en });
let now = Date.parse('2026-11-23T02:30:00Z');
const iso = (days, hours = 0) => new Date(now + days * day + hours * 3_600_000).toISOString();
const date = (days) => new Date(now + 7 * 3_600_000 + days * day).toISOString().slice(0, 10);

const units = [
  ['so-noi-vu', 'Sở Nội vụ', 'Department of Home Affairs', 'department'],
  ['so-tai-chinh', 'Sở Tài chính', 'Department of Finance', 'department'],
  ['so-y-te', 'Sở Y tế', 'Department of Health', 'department'],
  ['so-xay-dung', 'Sở Xây dựng', 'Department of Construction', 'department'],
  ['mat-tran', 'Ủy ban Mặt trận Tổ quốc tỉnh', 'Provincial Fatherland Front', 'front'],
  ['xa-an-binh', 'Xã An Bình', 'An Bình Commune', 'commune'],
].map(([id, vi, en, kind]) => ({ id, name: T(vi, en), kind, parent: null }));
const unit = (id) => { const u = units.find((x) => x.id === id); return { id: u.id, name: u.name }; };

const person = (id, name) => ({ id, name });
const mai = person('p-mai', 'Nguyễn Thị Mai'), hung = person('p-hung', 'Trần Văn Hùng');
const lan = person('p-lan', 'Lê Thị Lan'), minh = person('p-minh', 'Phạm Quang Minh');
const accounts = {
  'chuyen-vien': { person: mai, roles: [['specialist', 'so-y-te']], admin: false, sees: [], home: 'so-y-te' },
  'giam-doc': { person: hung, roles: [['head', 'so-y-te']], admin: false, sees: ['so-y-te'], home: 'so-y-te' },
  'chu-tich': { person: lan, roles: [['chair', 'so-noi-vu'], ['head', 'so-noi-vu']], admin: false, sees: units.map((u) => u.id), home: 'so-noi-vu' },
  'quan-tri': { person: minh, roles: [['administrator', 'so-noi-vu']], admin: true, sees: units.map((u) => u.id), home: 'so-noi-vu' },
};
const meOf = (account) => {
  const a = accounts[account];
  return {
    person: a.person, account, isAdministrator: a.admin, demo: true, home: a.home,
    roles: a.roles.map(([role, u]) => ({ role, unit: u, unitName: unit(u).name })),
    units: a.sees.map(unit), clock: { now: new Date(now).toISOString(), virtual: true },
  };
};

const legal = [
  { act: T('Nghị quyết của HĐND tỉnh về thực hiện dân chủ ở cơ sở', "Resolution of the provincial People's Council on grassroots democracy"), clause: T('Điều 1, khoản 4, điểm b', 'Article 1, clause 4, point b'), certainty: 'law', effectiveFrom: '2025-01-01' },
  { act: T('Quy chế xét khen thưởng của tỉnh', 'Provincial rules on commendation'), clause: T('Điều 12', 'Article 12'), text: T('Đơn vị bình xét trong 5 ngày làm việc kể từ khi có báo cáo thành tích.', 'The unit reviews within 5 working days of the achievement report.'), certainty: 'default' },
];
const titles = {
  'reward-nomination': T('Đề nghị khen thưởng', 'Reward nomination'),
  'training-plan': T('Kế hoạch đào tạo, bồi dưỡng hằng năm', 'Annual training plan'),
  'staff-conference': T('Hội nghị cán bộ, công chức, viên chức', 'Staff conference'),
  'inspection-board': T('Ban Thanh tra nhân dân', "People's Inspection Board"),
};
const readFlow = (name) => {
  const path = join(flows, name, 'workflow.json');
  try { return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null; } catch { return null; }
};
const known = existsSync(flows) ? readdirSync(flows) : [];
const steps = [
  ['writeReport', 'Viết báo cáo thành tích', 'Write the achievement report', ['specialist'], '10 ngày làm việc', '10 working days'],
  ['checkConflicts', 'Kiểm tra điều kiện', 'Check the conditions', ['hr'], '2 ngày làm việc', '2 working days'],
  ['reviewInUnit', 'Bình xét tại đơn vị', 'Review in the unit', ['head'], '5 ngày làm việc', '5 working days'],
  ['postList', 'Niêm yết danh sách', 'Post the list', ['specialist'], '5 ngày làm việc', '5 working days'],
  ['submitDossier', 'Trình hồ sơ', 'Submit the dossier', ['head'], 'trước 10/12', 'by 10 December'],
  ['receiveDossier', 'Tiếp nhận hồ sơ', 'Receive the dossier', ['registry'], '2 ngày làm việc', '2 working days'],
  ['appraise', 'Thẩm định', 'Appraise', ['specialist'], '20 ngày làm việc', '20 working days'],
  ['councilVote', 'Hội đồng bỏ phiếu', 'Council vote', ['council-member'], '5 ngày làm việc', '5 working days'],
  ['leaderDecision', 'Quyết định khen thưởng', 'Decide on the reward', ['chair'], '5 ngày làm việc', '5 working days'],
].map(([name, vi, en, roles, dv, de], i) => ({
  pointer: `/do/${i}/${name}`, name, kind: name === 'councilVote' ? 'vote' : 'task', title: T(vi, en), roles,
  due: null, dueText: T(dv, de), legalBasis: [legal[i % 2]],
}));
const definitionOf = (name) => {
  const flow = readFlow(name);
  const meta = flow?.document?.metadata ?? {};
  return {
    name, namespace: 'vn-kyhan', version: flow?.document?.version ?? '1.0.0', title: meta.title ?? titles[name] ?? T(name, name),
    summary: meta.summary ?? T('Quy trình mẫu theo quy chế của tỉnh.', 'Sample workflow after the rules of the province.'),
    publishedAt: iso(-20), legalBasis: legal, startable: true,
    schedule: name === 'training-plan' ? { cron: '0 8 1 9 *', description: T('08:00 ngày 01/9 hằng năm, mỗi đơn vị một kế hoạch', '1 September every year at 08:00, one plan a unit') } : null,
    startForm: meta.start?.form ?? { schema: { type: 'object', required: ['year'], properties: { year: { type: 'integer', title: T('Năm', 'Year'), minimum: 2026 }, note: { type: 'string', title: T('Ghi chú', 'Note'), maxLength: 500 } } }, ui: {} },
    flow,
  };
};
const names = [...new Set([...Object.keys(titles), ...known.filter((n) => readFlow(n))])];

const file = (id, name, size, type) => ({ id, type, name, mediaType: 'application/pdf', size, sha256: '0'.repeat(64), uploadedBy: mai, uploadedAt: iso(-3) });
let seq = 100, noteSeq = 10;
const tasks = new Map(), plans = new Map(), files = new Map(), notes = new Map();
const addFile = (f) => (files.set(f.id, f), f);
addFile(file('f-1', 'Bao cao thanh tich - Nguyen Thi Mai.pdf', 482_113, 'achievement-report'));
addFile(file('f-2', 'Biên bản bình xét.pdf', 1_283_113, 'minutes'));

const decide = [
  { id: 'approve', label: T('Phê duyệt', 'Approve'), style: 'positive', requires: [] },
  { id: 'return', label: T('Trả lại để bổ sung', 'Return for supplement'), style: 'neutral', requires: ['comment'] },
  { id: 'reject', label: T('Từ chối', 'Reject'), style: 'negative', requires: ['comment'] },
];
const minutesForm = {
  schema: {
    type: 'object', required: ['invited', 'present', 'inFavour', 'meetingDate', 'quorum'], additionalProperties: false,
    properties: {
      meetingDate: { type: 'string', format: 'date', title: T('Ngày họp', 'Date of the meeting') },
      invited: { type: 'integer', minimum: 1, title: T('Số người được triệu tập', 'Invited') },
      present: { type: 'integer', minimum: 0, title: T('Số người dự họp', 'Present') },
      inFavour: { type: 'integer', minimum: 0, title: T('Số phiếu tán thành', 'In favour') },
      quorum: { type: 'boolean', title: T('Đủ số người dự theo quy chế', 'Quorum reached') },
      form: { type: 'string', title: T('Hình thức biểu quyết', 'Way of voting'), oneOf: [{ const: 'secret', title: T('Bỏ phiếu kín', 'Secret ballot') }, { const: 'open', title: T('Giơ tay', 'Show of hands') }] },
      opinions: { type: 'array', title: T('Ý kiến tại cuộc họp', 'Opinions'), items: { type: 'object', properties: { by: { type: 'string', title: T('Người nêu', 'By') }, text: { type: 'string', title: T('Nội dung', 'Words'), maxLength: 1000 } } } },
    },
  },
  ui: {},
};
function addPlan(id, name, u, title, at, extra = {}) {
  const due = extra.due ?? 3;
  const plan = {
    id, definition: { name, version: '1.0.0', title: titles[name] }, unit: unit(u), title, businessKey: `${name}:${u}:2026:${id}`,
    state: extra.state ?? 'running', startedAt: iso(-12), endedAt: extra.ended ?? null, initiator: mai,
    current: extra.state === 'completed' ? [] : [{ step: steps[at].pointer, title: steps[at].title, holders: T(extra.holder ?? 'Trần Văn Hùng', extra.holder ?? 'Trần Văn Hùng'), since: iso(-4), dueAt: iso(due, 14), dueDate: date(due), overdue: due < 0 }],
    overdue: due < 0 && extra.state !== 'completed', outcome: extra.outcome ?? null, input: {}, output: null,
    steps: steps.map((s, i) => ({ ...s, state: i < at ? (i === 1 && extra.rounds ? 'returned' : 'done') : i === at && extra.state !== 'completed' ? 'current' : extra.state === 'completed' ? 'done' : 'waiting', rounds: i === 0 && extra.rounds ? 2 : i <= at ? 1 : 0, by: i < at ? T(i % 2 ? hung.name : mai.name, i % 2 ? hung.name : mai.name) : null, at: i < at ? iso(-12 + i * 2) : null, outcome: i < at ? T('Đạt', 'Passed') : null })),
    attachments: [files.get('f-1'), files.get('f-2')],
    waiting: T(`Đang chờ ${extra.holder ?? 'Trần Văn Hùng'} thực hiện bước «${steps[at].title.vi}».`, `Waiting for ${extra.holder ?? 'Trần Văn Hùng'} to do “${steps[at].title.en}”.`),
    history: [
      [T('Chuyên viên Nguyễn Thị Mai khởi tạo đề nghị', 'Nguyễn Thị Mai started the nomination'), 'instance.started', mai, -12],
      [T('Đã giao việc «Viết báo cáo thành tích» cho Nguyễn Thị Mai', '“Write the achievement report” was given to Nguyễn Thị Mai'), 'task.opened', null, -12],
      [T('Nguyễn Thị Mai hoàn thành «Viết báo cáo thành tích»: Gửi báo cáo', 'Nguyễn Thị Mai completed “Write the achievement report”: Submit'), 'task.completed', mai, -8, 'Kính trình lãnh đạo xem xét, đã bổ sung minh chứng sáng kiến cấp cơ sở.'],
      [T('Nhắc hạn: còn 1 ngày làm việc', 'Reminder: 1 working day left'), 'reminder.sent', null, -5],
      [T('Quá hạn bước «Kiểm tra điều kiện»', '“Check the conditions” is overdue'), 'task.overdue', null, -4],
    ].map(([title, kind, by, at, comment], i) => ({ seq: i + 1, at: iso(at, i), kind, title, by, comment, step: i ? { pointer: steps[0].pointer, title: steps[0].title } : null })),
  };
  plans.set(id, plan);
  return plan;
}
function addTask(id, planId, title, due, who, extra = {}) {
  const plan = plans.get(planId);
  const group = due === null ? 'none' : due < 0 ? 'overdue' : due === 0 ? 'today' : due <= 7 ? 'week' : 'later';
  tasks.set(id, {
    id, etag: `"${id}-1"`, name: id, kind: 'task', title, state: extra.state ?? 'claimed', instance: { id: planId, title: plan.title },
    definition: { name: plan.definition.name, title: plan.definition.title }, unit: plan.unit, openedAt: iso(-4),
    dueAt: due === null ? null : iso(due, 14), dueDate: due === null ? null : date(due), provisional: !!extra.provisional, overdue: due !== null && due < 0,
    dueGroup: group, holder: extra.state === 'offered' ? null : who, candidates: T('Lãnh đạo và cấp phó của đơn vị', 'Head and deputies of the unit'), mine: true,
    claimable: extra.state === 'offered', priority: 0, round: extra.round ?? 1,
    who: who.id, instructions: extra.instructions ?? T('Xem **báo cáo thành tích** và hồ sơ kèm theo, rồi quyết định.\n\n1. Đối chiếu tiêu chuẩn của hình thức khen thưởng.\n2. Kiểm tra kết quả thực hiện dân chủ ở cơ sở.\n3. Trả lại thì nêu rõ điểm cần bổ sung.', 'Read the **achievement report** and its files, then decide.\n\n1. Compare with the criteria of the award.\n2. Look at the grassroots democracy rating.\n3. When you return it, say what is missing.'),
    outcomes: extra.outcomes ?? decide, form: extra.form ?? null, prefill: extra.prefill ?? {}, evidence: extra.evidence ?? [], legalBasis: legal,
    dueExplain: due === null ? [] : [T('Bắt đầu: thứ Hai 16/11/2026, ngày bắt đầu không tính.', 'Start: Monday 16 Nov 2026, the starting day is not counted.'), T('Cộng 5 ngày làm việc: 17, 18, 19, 20 và 23/11.', 'Plus 5 working days: 17, 18, 19, 20 and 23 Nov.'), T('Bỏ qua thứ Bảy 21 và Chủ Nhật 22/11.', 'Saturday 21 and Sunday 22 Nov are skipped.')],
    reminders: due === null ? [] : [{ at: iso(1, -1), kind: 'before', title: T('Nhắc trước hạn 1 ngày làm việc', 'Reminder 1 working day before') }, { at: iso(3), kind: 'escalation', title: T('Quá hạn 2 ngày làm việc: báo cáo cấp trên', '2 working days overdue: escalate') }],
    context: [{ label: T('Người được đề nghị', 'Nominee'), value: 'Nguyễn Thị Mai' }, { label: T('Hình thức', 'Award'), value: T('Chiến sĩ thi đua cơ sở', 'Grassroots emulation fighter') }, { label: T('Năm xét', 'Year'), value: '2026' }, { label: T('Ngày tổng kết', 'Closing date'), value: '2026-12-10' }],
    earlier: extra.earlier ?? [{ step: steps[0].pointer, title: steps[0].title, by: mai, at: iso(-8), outcome: T('Gửi báo cáo', 'Submitted'), comment: 'Kính trình lãnh đạo xem xét, đã bổ sung minh chứng sáng kiến cấp cơ sở.', attachments: [files.get('f-1')] }],
    canComplete: true, blockedReason: null,
  });
}
addPlan('i-1', 'reward-nomination', 'so-y-te', T('Khen thưởng 2026: Nguyễn Thị Mai, Chiến sĩ thi đua cơ sở', 'Reward 2026: Nguyễn Thị Mai, grassroots emulation fighter'), 2, { due: -2, rounds: 1 });
addPlan('i-2', 'training-plan', 'so-y-te', T('Kế hoạch đào tạo 2027 của Sở Y tế', 'Training plan 2027 of the Department of Health'), 4, { due: 0, holder: 'Nguyễn Thị Mai' });
addPlan('i-3', 'staff-conference', 'so-y-te', T('Hội nghị cán bộ, công chức năm 2027 - Sở Y tế', 'Staff conference 2027 - Department of Health'), 5, { due: 5 });
addPlan('i-4', 'inspection-board', 'so-y-te', T('Bầu Ban Thanh tra nhân dân nhiệm kỳ 2026-2028', "Election of the People's Inspection Board 2026-2028"), 3, { due: 21, holder: 'Ban Chấp hành Công đoàn' });
addPlan('i-5', 'reward-nomination', 'so-tai-chinh', T('Khen thưởng 2026: tập thể Phòng Ngân sách', 'Reward 2026: Budget Division'), 8, { due: 2, holder: 'Lê Thị Lan' });
addPlan('i-6', 'reward-nomination', 'so-y-te', T('Khen thưởng 2025: tập thể Khoa Dược', 'Reward 2025: Pharmacy team'), 8, { state: 'completed', ended: iso(-30), outcome: 'Đã khen thưởng' });
addTask('t-1', 'i-1', T('Bình xét tại đơn vị', 'Review in the unit'), -2, hung, { form: minutesForm, prefill: { invited: 42 }, evidence: [{ type: 'minutes', label: T('Biên bản bình xét', 'Minutes of the review'), min: 1, max: 3, mediaTypes: ['application/pdf'], maxBytes: 10485760, forOutcomes: ['approve'] }], round: 2 });
addTask('t-2', 'i-2', T('Duyệt nhu cầu đào tạo', 'Approve the training needs'), 0, hung);
addTask('t-3', 'i-3', T('Ký kế hoạch tổ chức hội nghị', 'Sign the conference plan'), 5, hung, { state: 'offered' });
addTask('t-4', 'i-4', T('Xác nhận danh sách ứng cử', 'Confirm the candidates'), 21, hung, { provisional: true });
addTask('t-5', 'i-4', T('Cho ý kiến về quy chế hoạt động', 'Comment on the rules'), null, hung);
addTask('t-6', 'i-5', T('Quyết định khen thưởng', 'Decide on the reward'), 2, lan);
const count = (vi, en) => ({ type: 'integer', minimum: 0, title: T(vi, en) });
addTask('t-9', 'i-5', T('Kiểm phiếu của Hội đồng', 'Count of the council vote'), 2, lan, {
  outcomes: [{ id: 'record', label: T('Ghi nhận kết quả', 'Record the result'), style: 'positive', requires: ['form'] }],
  form: { schema: { type: 'object', required: ['present', 'issued', 'valid', 'votes'], properties: { present: count('Số người có mặt', 'Present'), issued: count('Số phiếu phát ra', 'Issued'), valid: count('Số phiếu hợp lệ', 'Valid'), votes: { type: 'object', title: T('Số phiếu theo phương án', 'Votes by option'), required: ['for', 'against'], properties: { for: count('Đồng ý', 'For'), against: count('Không đồng ý', 'Against') } } } }, ui: {} },
});
tasks.get('t-9').kind = 'tally';
addTask('t-7', 'i-1', T('Bổ sung báo cáo thành tích', 'Supplement the achievement report'), 1, mai, { form: { schema: { type: 'object', required: ['summary'], properties: { summary: { type: 'string', title: T('Tóm tắt thành tích', 'Summary'), minLength: 10, maxLength: 4000 } } }, ui: { summary: { widget: 'textarea' } } }, outcomes: [{ id: 'submit', label: T('Gửi báo cáo', 'Submit'), style: 'positive', requires: ['form'] }, { id: 'withdraw', label: T('Rút đề nghị', 'Withdraw'), style: 'negative', requires: ['comment'] }], evidence: [{ type: 'report', label: T('Báo cáo thành tích', 'Achievement report'), min: 1, mediaTypes: ['application/pdf', 'text/plain'], maxBytes: 5242880, forOutcomes: ['submit'] }] });
addTask('t-8', 'i-1', T('Kiểm tra điều kiện', 'Check the conditions'), -6, hung);
Object.assign(tasks.get('t-8'), { state: 'completed', outcome: T('Đủ điều kiện', 'Passed'), completedAt: iso(-5), completedBy: hung, canComplete: false });
const note = (who, title, body, task, at, read) => { const id = `n-${++noteSeq}`; notes.set(id, { id, at, kind: 'task', title, body, task, instance: null, read, who }); };
note('p-hung', T('Việc đã quá hạn 2 ngày', 'A task is 2 days overdue'), T('Bình xét tại đơn vị - Khen thưởng 2026: Nguyễn Thị Mai', 'Review in the unit - Reward 2026: Nguyễn Thị Mai'), 't-1', iso(0, -2), false);
note('p-hung', T('Bạn có việc mới', 'You have a new task'), T('Duyệt nhu cầu đào tạo', 'Approve the training needs'), 't-2', iso(-1), false);
note('p-hung', T('Nhắc hạn: còn 5 ngày', 'Reminder: 5 days left'), T('Ký kế hoạch tổ chức hội nghị', 'Sign the conference plan'), 't-3', iso(-2), true);
note('p-lan', T('Bạn có việc mới', 'You have a new task'), T('Quyết định khen thưởng', 'Decide on the reward'), 't-6', iso(-1), false);
note('p-mai', T('Hồ sơ được trả lại để bổ sung', 'The dossier was returned'), T('Bổ sung báo cáo thành tích', 'Supplement the achievement report'), 't-7', iso(-1), false);

const sessions = new Map(), streams = new Set();
let failures = 0;
const hint = (event, id) => { seq += 1; for (const s of streams) s.write(`id: ${seq}\nevent: ${event}\ndata: ${JSON.stringify({ id, kind: event })}\n\n`); };
const open = (t) => t.state === 'offered' || t.state === 'claimed';
const brief = ({ who, instructions, outcomes, form, prefill, evidence, legalBasis, dueExplain, reminders, context, earlier, canComplete, blockedReason, ...t }) => t;
const shortPlan = ({ input, output, steps: s, attachments, waiting, history, tasks: t, ...p }) => p;

const body = (req) => new Promise((resolve) => { const parts = []; req.on('data', (c) => parts.push(c)); req.on('end', () => resolve(Buffer.concat(parts))); });
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.woff': 'font/woff' };

createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x');
  const send = (status, value, headers = {}) => { res.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json', 'Cache-Control': 'no-store', ...headers }); res.end(value === undefined ? '' : JSON.stringify(value)); };
  const english = /^en/.test(req.headers['accept-language'] ?? '');
  const refuse = (status, slug, vi, en, extra = {}, headers = {}) => send(status, { type: `https://kyhan.vn/problems/${slug}`, title: english ? en : vi, status, detail: english ? en : vi, instance: 'req-1', ...extra }, headers);
  if (!url.pathname.startsWith('/api/')) {
    const wanted = normalize(url.pathname);
    const path = join(dist, wanted);
    if (wanted !== '/' && existsSync(path) && extname(path)) { res.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream' }); return res.end(readFileSync(path)); }
    const nonce = randomBytes(12).toString('base64');
    res.writeHead(200, { 'Content-Type': types['.html'], 'Cache-Control': 'no-cache', 'Content-Security-Policy': `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'` });
    return res.end(readFileSync(join(dist, 'index.html'), 'utf8').replaceAll('__CSP_NONCE__', nonce));
  }
  const path = url.pathname.slice('/api/v1'.length);
  const method = req.method;
  const raw = method === 'POST' ? await body(req) : null;
  const json = () => JSON.parse(raw.toString() || '{}');
  const token = /kyhan_session=([^;]+)/.exec(req.headers.cookie ?? '')?.[1];
  const account = sessions.get(token);
  if (path === '/version') return send(200, { name: 'kyhan', version: '0.1.0', demo: true });
  if (path === '/session' && method === 'POST') {
    const { account: name, password } = json();
    if (failures >= 5) { failures = 0; return refuse(429, 'throttled', 'Đã thử quá nhiều lần.', 'Too many attempts.', {}, { 'Retry-After': '20' }); }
    if (!accounts[name] || password !== 'demo') { failures += 1; return refuse(401, 'wrong-credentials', 'Sai tài khoản hoặc mật khẩu.', 'Wrong account or password.'); }
    failures = 0;
    const id = randomBytes(16).toString('hex');
    sessions.set(id, name);
    return send(200, meOf(name), { 'Set-Cookie': `kyhan_session=${id}; HttpOnly; SameSite=Strict; Path=/` });
  }
  if (!account) return refuse(401, 'signed-out', 'Chưa đăng nhập.', 'Not signed in.');
  const me = meOf(account);
  const id = me.person.id;
  if (path === '/session') { if (method === 'DELETE') { sessions.delete(token); return send(204); } return send(200, me); }
  if (path === '/events' && method === 'GET') { res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }); res.write('retry: 3000\n\n'); streams.add(res); return req.on('close', () => streams.delete(res)); }
  if (path === '/clock') return send(200, me.clock);
  if (path === '/clock:advance') { if (!me.isAdministrator) return refuse(404, 'not-found', 'Không có.', 'Not found.'); now = Math.max(now, Date.parse(json().to)); hint('clock'); return send(200, { now: new Date(now).toISOString(), fired: 3 }); }
  if (path === '/units') return send(200, { items: units });
  if (path === '/people') { const q = (url.searchParams.get('q') ?? '').toLowerCase(); return send(200, { items: [mai, hung, lan, minh].filter((p) => p.name.toLowerCase().includes(q)).map((p) => ({ ...p, unit: 'so-y-te', unitName: unit('so-y-te').name, roles: ['staff'] })) }); }
  const startUnits = () => (me.isAdministrator ? units.map(({ id: u, name }) => ({ id: u, name })) : [unit(me.home)]);
  if (path === '/definitions') return send(200, { items: names.map((n) => { const { flow, ...d } = definitionOf(n); const may = me.isAdministrator || n === 'reward-nomination'; return { ...d, startable: may, startableUnits: may ? startUnits() : [] }; }) });
  let m = /^\/definitions\/([^/]+)$/.exec(path);
  if (m) { if (!names.includes(m[1])) return refuse(404, 'not-found', 'Không có.', 'Not found.'); const { flow, ...d } = definitionOf(m[1]); return send(200, { ...d, startableUnits: startUnits(), steps, document: flow ?? {}, versions: ['1.0.0'] }); }
  if (path === '/tasks') {
    const view = url.searchParams.get('view') ?? 'mine';
    const q = (url.searchParams.get('q') ?? '').toLowerCase();
    const all = [...tasks.values()].filter((t) => (view === 'done' ? !open(t) && t.who === id : view === 'team' ? open(t) && me.units.some((u) => u.id === t.unit.id) : open(t) && t.who === id));
    const counts = { overdue: 0, today: 0, week: 0, later: 0, none: 0 };
    for (const t of all) counts[t.dueGroup] += 1;
    const order = Object.keys(counts);
    const items = all.filter((t) => (!url.searchParams.get('due') || t.dueGroup === url.searchParams.get('due')) && (!url.searchParams.get('definition') || t.definition.name === url.searchParams.get('definition')) && (!q || `${t.title.vi} ${t.instance.title.vi}`.toLowerCase().includes(q))).sort((a, b) => order.indexOf(a.dueGroup) - order.indexOf(b.dueGroup)).map(brief);
    return send(200, { items, page: { end_cursor: null, has_more: false }, counts });
  }
  m = /^\/tasks\/([^/:]+)(?::(\w+))?$/.exec(path);
  if (m) {
    const task = tasks.get(m[1]);
    if (!task) return refuse(404, 'not-found', 'Không có.', 'Not found.');
    const detail = () => { const { who, ...rest } = task; return { ...rest, mine: who === id, canComplete: open(task) && who === id }; };
    if (!m[2]) return send(200, detail(), { ETag: task.etag });
    if (req.headers['if-match'] !== task.etag) return refuse(req.headers['if-match'] ? 412 : 428, 'stale', 'Việc đã thay đổi.', 'The task has changed.', { current: brief(task) });
    const bump = () => { task.etag = `"${task.id}-${++seq}"`; };
    if (m[2] === 'claim') { Object.assign(task, { state: 'claimed', holder: me.person, claimable: false }); bump(); hint('task', task.id); return send(200, detail()); }
    if (m[2] === 'release') { Object.assign(task, { state: 'offered', holder: null, claimable: true }); bump(); hint('task', task.id); return send(200, detail()); }
    if (m[2] === 'complete') {
      const answer = json();
      if (!open(task)) return refuse(409, 'ended', 'Việc đã kết thúc.', 'The task has ended.');
      const outcome = task.outcomes.find((o) => o.id === answer.outcome);
      if (outcome?.requires.includes('comment') && !answer.comment) return refuse(422, 'invalid', 'Thiếu lý do.', 'Reason missing.', { errors: [{ pointer: '/comment', code: 'required', message: english ? 'Reason missing.' : 'Thiếu lý do.' }] });
      if (answer.data?.inFavour > answer.data?.present) return refuse(422, 'invalid', 'Số liệu chưa đúng.', 'Wrong numbers.', { errors: [{ pointer: '/data/inFavour', code: 'maximum', message: english ? 'More votes than people present.' : 'Số phiếu tán thành lớn hơn số người dự họp.' }] });
      Object.assign(task, { state: 'completed', outcome: outcome.label, completedAt: iso(0), completedBy: me.person, claimable: false });
      bump();
      note(task.who === 'p-mai' ? 'p-hung' : 'p-mai', T(`${me.person.name}: ${outcome.label.vi}`, `${me.person.name}: ${outcome.label.en}`), task.title, null, iso(0), false);
      hint('task', task.id); hint('instance', task.instance.id); hint('notification');
      return send(200, { task: brief(task), instance: { id: task.instance.id, state: 'running' }, openTasks: [] });
    }
  }
  if (path === '/attachments') {
    if (raw.length > 25 * 1048576) return refuse(413, 'too-large', 'Tệp quá lớn.', 'The file is too large.');
    const f = addFile({ id: `f-${++seq}`, type: url.searchParams.get('type'), name: url.searchParams.get('name'), mediaType: req.headers['content-type'], size: raw.length, sha256: '0'.repeat(64), uploadedBy: me.person, uploadedAt: iso(0) });
    return send(201, f);
  }
  if (/^\/attachments\//.test(path)) { res.writeHead(200, { 'Content-Type': 'application/pdf', 'Content-Disposition': 'attachment' }); return res.end('%PDF-1.4'); }
  if (path === '/instances' && method === 'POST') {
    const asked = json();
    const first = [...plans.values()].find((p) => asked.businessKey && p.businessKey === asked.businessKey);
    if (first || asked.input?.nomineeName === 'Nguyễn Thị Mai') return refuse(409, 'duplicate-business-key', 'Đã có đề nghị cho người này trong năm xét.', 'There is already a nomination for this person in that year.', { existing: { id: first?.id ?? 'i-1' } });
    const make = (u) => { const p = addPlan(`i-${++seq}`, asked.definition, u, T(`${titles[asked.definition]?.vi ?? asked.definition} - ${unit(u).name.vi}`, `${titles[asked.definition]?.en ?? asked.definition} - ${unit(u).name.en}`), 0, { holder: me.person.name, due: 10 }); if (asked.businessKey) p.businessKey = asked.businessKey; hint('instance', p.id); return p; };
    if (asked.units) return send(200, { results: asked.units.map((u, i) => (i === 1 ? { unit: u, status: 409, problem: { type: 'x', title: english ? 'Already started' : 'Đã có kế hoạch cùng khóa', status: 409, existing: { id: 'i-2' } } } : { unit: u, status: 201, id: make(u).id })) });
    return send(201, { id: make(asked.unit ?? me.home).id, state: 'running', openTasks: [] });
  }
  if (path === '/instances') {
    const get = (n) => url.searchParams.get(n);
    const items = [...plans.values()].filter((p) => (!get('state') || get('state').split(',').includes(p.state)) && (!get('definition') || p.definition.name === get('definition')) && (!get('unit') || p.unit.id === get('unit')) && (!get('q') || p.title.vi.toLowerCase().includes(get('q').toLowerCase()))).map(shortPlan);
    return send(200, { items, page: { end_cursor: null, has_more: false } });
  }
  m = /^\/instances\/([^/:]+)(?:(\/history)|:cancel)?$/.exec(path);
  if (m) {
    const plan = plans.get(m[1]);
    if (!plan) return refuse(404, 'not-found', 'Không có.', 'Not found.');
    if (m[2]) return send(200, { items: plan.history, page: { end_cursor: null, has_more: false } });
    if (method === 'POST') { plan.state = 'cancelled'; hint('instance', plan.id); return send(200, shortPlan(plan)); }
    const { history, ...rest } = plan;
    return send(200, { ...rest, tasks: [...tasks.values()].filter((t) => t.instance.id === plan.id).map(brief) });
  }
  if (path === '/overview') {
    const u = url.searchParams.get('unit') ?? me.home;
    const own = [...plans.values()].filter((p) => p.unit.id === u);
    const running = own.filter((p) => p.state === 'running');
    return send(200, {
      unit: unit(u), totals: { running: running.length, overdue: running.filter((p) => p.overdue).length, dueThisWeek: 2, completedThisYear: own.length - running.length },
      byDefinition: names.map((n) => ({ definition: n, title: definitionOf(n).title, running: running.filter((p) => p.definition.name === n).length, overdue: running.filter((p) => p.overdue && p.definition.name === n).length, completed: own.filter((p) => p.state === 'completed' && p.definition.name === n).length })),
      byPerson: [{ person: hung, open: 5, overdue: 1 }, { person: mai, open: 2, overdue: 0 }, { person: person('p-x', 'Hoàng Văn Sơn'), open: 1, overdue: 0 }], instances: running.map(shortPlan),
    });
  }
  if (path === '/notifications') { const items = [...notes.values()].filter((n) => n.who === id).map(({ who, ...n }) => n).sort((a, b) => b.at.localeCompare(a.at)); return send(200, { items, unread: items.filter((n) => !n.read).length, page: { end_cursor: null, has_more: false } }); }
  if (path === '/notifications:read') { const asked = json(); for (const n of notes.values()) if (n.who === id && (asked.all || asked.ids?.includes(n.id))) n.read = true; hint('notification'); return send(204); }
  return refuse(404, 'not-found', 'Không có.', 'Not found.');
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));
