import { Validator, type Schema } from '@cfworker/json-schema';
import { toErrorSchema, validationDataMerge, type RJSFSchema, type RJSFValidationError, type ValidatorType } from '@rjsf/utils';
import { i18next } from '../i18n';

// A validator for rjsf that interprets the schema. The usual one compiles it with `new Function`,
// which a strict content security policy forbids.

export type Fault = { path: (string | number)[]; keyword: string; message: string };

// These only say that something below them failed.
const containers = new Set([
  'properties', 'items', 'prefixItems', 'additionalProperties', 'allOf', 'if', 'then', 'else', '$ref',
  'contains', 'dependentSchemas', 'patternProperties', 'not', 'false',
]);

const pathOf = (pointer: string): (string | number)[] =>
  pointer.replace(/^#/, '').split('/').slice(1).map((part) => {
    const name = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
    return /^\d+$/.test(name) ? Number(name) : name;
  });

type Node = Record<string, unknown>;
/** The part of the schema that describes `path`, for its title. */
function nodeAt(schema: Node, path: (string | number)[], root = schema): Node | undefined {
  if (typeof schema.$ref === 'string') {
    let target: unknown = root;
    for (const part of pathOf(schema.$ref)) target = (target as Node | undefined)?.[part];
    return target ? nodeAt(target as Node, path, root) : undefined;
  }
  if (path.length === 0) return schema;
  const [head, ...rest] = path;
  const direct: unknown = typeof head === 'number' ? schema.items : (schema.properties as Node | undefined)?.[head];
  if (direct) return nodeAt(direct as Node, rest, root);
  for (const part of ['allOf', 'anyOf', 'oneOf'] as const) {
    for (const branch of (schema[part] as Node[] | undefined) ?? []) {
      const found = nodeAt(branch, path, root);
      if (found) return found;
    }
  }
  for (const part of ['then', 'else'] as const) {
    const found = schema[part] ? nodeAt(schema[part] as Node, path, root) : undefined;
    if (found) return found;
  }
  return undefined;
}
export function titleAt(schema: Node, path: (string | number)[]): string {
  const title = nodeAt(schema, path)?.title;
  if (typeof title === 'string' && title) return title;
  const last = path[path.length - 1];
  if (typeof last === 'number') return i18next.t('form.item', { n: last + 1 });
  return String(last ?? '');
}

function messageOf(schema: Node, path: (string | number)[], keyword: string): string {
  const limit = nodeAt(schema, path)?.[keyword];
  const known = i18next.exists(`form.${keyword}`) ? keyword : 'other';
  return i18next.t(`form.${known}`, {
    field: titleAt(schema, path),
    limit: typeof limit === 'number' || typeof limit === 'string' ? limit : '',
  });
}

/** All faults of `data`, one a field and keyword, in the reader's language. */
export function faultsOf(schema: RJSFSchema | Node, data: unknown): Fault[] {
  const result = new Validator(schema as Schema, '2020-12', false).validate(clean(data) ?? {});
  if (result.valid) return [];
  const found: Fault[] = [];
  const seen = new Set<string>();
  for (const unit of result.errors) {
    if (containers.has(unit.keyword)) continue;
    const path = pathOf(unit.instanceLocation);
    if (unit.keyword === 'required' || unit.keyword === 'dependentRequired') {
      const missing = /"([^"]+)"[^"]*$/.exec(unit.error)?.[1];
      if (missing) path.push(missing);
    }
    // One message a field is enough to act on; branches of oneOf repeat each other.
    const id = JSON.stringify(path);
    if (seen.has(id)) continue;
    seen.add(id);
    const keyword = unit.keyword === 'dependentRequired' ? 'required' : unit.keyword;
    found.push({
      path,
      keyword,
      message: messageOf(schema as Node, path, keyword === 'oneOf' || keyword === 'anyOf' ? 'enum' : keyword),
    });
  }
  return found;
}

/** What a form holds without the empty fields that browsers and widgets leave behind. */
export function clean<T>(value: T): T | undefined {
  if (value === null || value === undefined || (value as unknown) === '') return undefined;
  if (typeof value === 'string') return value.normalize('NFC') as T;
  if (Array.isArray(value)) return value.map((item) => clean(item) ?? null) as T;
  if (typeof value === 'object') {
    const out: Node = {};
    for (const [name, item] of Object.entries(value)) {
      const kept = clean(item as unknown);
      if (kept !== undefined) out[name] = kept;
    }
    return out as T;
  }
  return value;
}

const toRjsf = (fault: Fault): RJSFValidationError => ({
  name: fault.keyword,
  property: '.' + fault.path.join('.'),
  message: fault.message,
  stack: fault.message,
});
export const errorSchemaOf = (faults: Fault[]) => toErrorSchema(faults.map(toRjsf));

export const validator: ValidatorType = {
  validateFormData(formData, schema, customValidate) {
    const errors = faultsOf(schema, formData).map(toRjsf);
    const data = { errors, errorSchema: toErrorSchema(errors) };
    return customValidate ? validationDataMerge(data, {}) : data;
  },
  isValid(schema, formData, rootSchema) {
    try {
      const defs = (rootSchema as Node | undefined)?.$defs;
      const part = defs ? { ...(schema as Node), $defs: defs } : schema;
      return new Validator(part as Schema, '2020-12').validate(clean(formData) ?? formData ?? null).valid;
    } catch {
      return false;
    }
  },
  rawValidation: (schema, formData) => ({ errors: faultsOf(schema, formData) as never[] }),
};
