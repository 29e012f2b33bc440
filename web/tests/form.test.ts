import { beforeEach, describe, expect, it } from 'vitest';
import { setLanguage } from '../src/i18n';
import { localise, uiSchemaOf } from '../src/form/localise';
import { clean, faultsOf, titleAt, validator } from '../src/form/validator';

const schema = {
  type: 'object',
  required: ['name', 'quorum'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', title: 'Họ tên', minLength: 2 },
    year: { type: 'integer', title: 'Năm', minimum: 2026 },
    date: { type: 'string', format: 'date', title: 'Ngày' },
    award: { type: 'string', title: 'Hình thức', oneOf: [{ const: 'a' }, { const: 'b' }] },
    quorum: { type: 'boolean', title: 'Đủ số người' },
    people: { type: 'array', title: 'Người', items: { type: 'object', required: ['id'], properties: { id: { type: 'string', title: 'Mã' } } } },
  },
};
const messages = (data: unknown) => faultsOf(schema, data).map((f) => f.message);

describe('checking a form in the browser', () => {
  beforeEach(() => setLanguage('vi'));

  it('names the missing fields by their titles', () => {
    expect(messages({})).toEqual(['Vui lòng nhập «Họ tên».', 'Vui lòng nhập «Đủ số người».']);
  });
  it('speaks the language of the reader', () => {
    setLanguage('en');
    expect(messages({ quorum: true })).toEqual(['Please fill in “Họ tên”.']);
  });
  it('accepts what fits', () => {
    expect(messages({ name: 'Lê Thị Lan', year: 2027, date: '2027-01-05', award: 'b', quorum: false, people: [{ id: 'x' }] })).toEqual([]);
  });
  it('says which limit is missed', () => {
    expect(messages({ name: 'L', quorum: true, year: 2000 })).toEqual(['«Họ tên» cần ít nhất 2 ký tự.', '«Năm» phải từ 2026 trở lên.']);
  });
  it('gives one message for a choice that is not in the list', () => {
    expect(messages({ name: 'Lan', quorum: true, award: 'z' })).toEqual(['Vui lòng chọn một giá trị có trong danh sách cho «Hình thức».']);
  });
  it('points into lists', () => {
    const [fault] = faultsOf(schema, { name: 'Lan', quorum: true, people: [{ id: 'x' }, {}] });
    expect(fault.path).toEqual(['people', 1, 'id']);
    expect(titleAt(schema, ['people', 1])).toBe('Mục 2');
  });
  it('takes an emptied field as not given', () => {
    expect(clean({ name: '', nested: { a: null }, list: ['x'] })).toEqual({ nested: {}, list: ['x'] });
    expect(messages({ name: '', quorum: true })).toEqual(['Vui lòng nhập «Họ tên».']);
  });
  it('composes letters with their marks', () => {
    expect(clean({ name: 'Đạt'.normalize('NFD') })).toEqual({ name: 'Đạt'.normalize('NFC') });
  });
  it('answers whether a branch of the schema fits', () => {
    expect(validator.isValid({ const: 'a' }, 'a', schema as never)).toBe(true);
    expect(validator.isValid({ const: 'a' }, 'b', schema as never)).toBe(false);
  });
});

describe('preparing a form', () => {
  it('puts the words of the reader into the schema and leaves fields named vi and en alone', () => {
    const given = { title: { vi: 'Năm', en: 'Year' }, properties: { vi: { type: 'string' }, en: { type: 'string' } } };
    expect(localise(given, 'en')).toEqual({ title: 'Year', properties: { vi: { type: 'string' }, en: { type: 'string' } } });
  });
  it('reads the hints of the language and drops widgets that do not exist', () => {
    const ui = uiSchemaOf({ name: { widget: 'textarea', help: 'x' }, year: { widget: 'no-such' } }, schema);
    expect(ui.name).toEqual({ 'ui:widget': 'textarea', 'ui:help': 'x' });
    expect(ui.year).toEqual({});
  });
  it('lets an order leave fields out', () => {
    expect(uiSchemaOf({ 'ui:order': ['year', 'name'] }, schema)['ui:order']).toEqual(['year', 'name', '*']);
  });
  it('asks yes or no where an answer is required', () => {
    expect((uiSchemaOf({}, schema).quorum as Record<string, unknown>)['ui:widget']).toBe('radio');
  });
});
