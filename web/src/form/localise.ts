import { i18next, type Language } from '../i18n';

type Node = Record<string, unknown>;

const isText = (value: unknown): value is { vi: string; en: string } =>
  !!value && typeof value === 'object' && !Array.isArray(value) &&
  typeof (value as Node).vi === 'string' &&
  Object.keys(value as Node).every((k) => (k === 'vi' || k === 'en') && typeof (value as Node)[k] === 'string');

/** A schema or its hints with every {vi, en} replaced by the reader's words. */
export function localise<T>(value: T, language: Language): T {
  if (isText(value)) return (value[language] || value.vi) as T;
  if (Array.isArray(value)) return value.map((item) => localise(item as unknown, language)) as T;
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, localise(v as unknown, language)])) as T;
  }
  return value;
}

const widgets = new Set([
  'textarea', 'radio', 'checkbox', 'checkboxes', 'select', 'date', 'date-time', 'datetime', 'updown',
  'hidden', 'text', 'person', 'unit', 'email',
]);
const options = new Set([
  'widget', 'order', 'help', 'placeholder', 'rows', 'readonly', 'disabled', 'title', 'description',
  'enumNames', 'inline', 'autofocus', 'options', 'label', 'orderable', 'addable', 'removable',
]);

/** The hints of the language ({"widget": "textarea"}) as rjsf reads them ({"ui:widget": ...}). Names
 *  of fields win over names of hints; widgets that are not known here are left to the default. */
export function uiSchemaOf(ui: Node | undefined, schema: Node | undefined): Node {
  const properties = (schema?.properties ?? {}) as Node;
  const out: Node = {};
  for (const [name, value] of Object.entries(ui ?? {})) {
    if (name in properties) {
      out[name] = uiSchemaOf(value as Node, properties[name] as Node);
    } else if (name === 'items' && schema?.items) {
      out.items = uiSchemaOf(value as Node, schema.items as Node);
    } else {
      const plain = name.replace(/^ui:/, '');
      if (plain === 'widget' && !widgets.has(String(value))) continue;
      // rjsf fails on an order that leaves a field out.
      if (plain === 'order' && Array.isArray(value)) out['ui:order'] = value.includes('*') ? value : [...value, '*'];
      else if (options.has(plain)) out[`ui:${plain}`] = plain === 'widget' && value === 'datetime' ? 'date-time' : value;
    }
  }
  for (const [name, part] of Object.entries(properties)) {
    const field = part as Node;
    const own = (out[name] ??= uiSchemaOf(undefined, field)) as Node;
    const long = field.type === 'string' && !field.format && !field.enum && !field.oneOf && Number(field.maxLength) > 250;
    // An unticked box cannot tell "no" from "not answered": ask where an answer is required.
    const asked = field.type === 'boolean' && ((schema?.required ?? []) as string[]).includes(name);
    if (asked && !own['ui:widget']) {
      own['ui:widget'] = 'radio';
      own['ui:inline'] = true;
      own['ui:enumNames'] = [i18next.t('app.yes'), i18next.t('app.no')];
    }
    if (long && !own['ui:widget']) own['ui:widget'] = 'textarea';
  }
  if (schema?.items && !out.items) out.items = uiSchemaOf(undefined, schema.items as Node);
  return out;
}

/** The schema as rjsf should draw it: a required yes/no as a choice of two, for it fills a required
 *  boolean with false before anybody has answered. The data stay those of the real schema. */
export function drawable(schema: Node): Node {
  const out: Node = { ...schema };
  if (schema.properties) {
    const required = (schema.required ?? []) as string[];
    out.properties = Object.fromEntries(
      Object.entries(schema.properties as Node).map(([name, part]) => {
        const field = part as Node;
        if (field.type === 'boolean' && required.includes(name) && field.default === undefined) {
          const { type: _, ...rest } = field;
          return [name, { ...rest, enum: [true, false] }];
        }
        return [name, drawable(field)];
      }),
    );
  }
  if (schema.items && typeof schema.items === 'object') out.items = drawable(schema.items as Node);
  return out;
}
