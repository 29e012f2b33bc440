import { forwardRef, useImperativeHandle, useMemo, useState } from 'react';
import Form from '@rjsf/antd';
import { TranslatableString, type RJSFSchema, type IconButtonProps, type WidgetProps } from '@rjsf/utils';
import { Button, DatePicker } from 'antd';
import { PlusOutlined } from '@ant-design/icons';
import dayjs from 'dayjs';
import { useLanguage, i18next } from '../i18n';
import type { FieldError, FormSpec } from '../api/types';
import { DayField, PersonSelect, UnitSelect } from '../components/fields';
import { drawable, localise, uiSchemaOf } from './localise';
import { clean, errorSchemaOf, faultsOf, titleAt, validator, type Fault } from './validator';

export type FormFault = { id: string; message: string };
export type SchemaFormHandle = {
  /** Faults of what stands in the form now; shows them at their fields from then on. */
  check: () => FormFault[];
  data: () => Record<string, unknown>;
  /** Whether what stands there would be accepted; shows nothing. */
  valid: () => boolean;
  /** Shows what the server found; gives the same as `check`. */
  show: (errors: FieldError[]) => FormFault[];
};
type Props = {
  spec: FormSpec;
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>) => void;
  readOnly?: boolean;
};

function DateWidget({ id, value, onChange, onBlur, onFocus, disabled, readonly, placeholder }: WidgetProps) {
  return (
    <DayField id={id} value={value as string} disabled={disabled || readonly} placeholder={placeholder} onChange={onChange}
      onBlur={() => onBlur(id, value)} onFocus={() => onFocus(id, value)} />
  );
}
function DateTimeWidget({ id, value, onChange, disabled, readonly }: WidgetProps) {
  const parsed = value ? dayjs(String(value)) : null;
  return (
    <DatePicker
      id={id}
      className="wide"
      showTime={{ format: 'HH:mm' }}
      format="DD/MM/YYYY HH:mm"
      placeholder="dd/mm/yyyy hh:mm"
      value={parsed?.isValid() ? parsed : null}
      disabled={disabled || readonly}
      onChange={(next) => onChange(next ? next.toISOString() : undefined)}
    />
  );
}
const PersonWidget = ({ id, value, onChange, disabled, readonly }: WidgetProps) =>
  <PersonSelect id={id} value={value as string} disabled={disabled || readonly} onChange={onChange} />;
const UnitWidget = ({ id, value, onChange, disabled, readonly }: WidgetProps) =>
  <UnitSelect id={id} value={value as string} disabled={disabled || readonly} onChange={onChange} />;
const widgets = {
  DateWidget, date: DateWidget, DateTimeWidget, 'date-time': DateTimeWidget,
  person: PersonWidget, unit: UnitWidget,
};

function AddButton({ onClick, disabled }: IconButtonProps) {
  return <Button icon={<PlusOutlined aria-hidden />} onClick={onClick} disabled={disabled}>{i18next.t('form.add')}</Button>;
}
const templates = { ButtonTemplates: { AddButton } };

const words: Partial<Record<TranslatableString, string>> = {
  [TranslatableString.YesLabel]: 'app.yes',
  [TranslatableString.NoLabel]: 'app.no',
  [TranslatableString.CloseLabel]: 'app.close',
  [TranslatableString.ErrorsLabel]: 'form.errors',
  [TranslatableString.AddButton]: 'form.add',
  [TranslatableString.AddItemButton]: 'form.add',
  [TranslatableString.RemoveButton]: 'form.remove',
  [TranslatableString.MoveUpButton]: 'form.up',
  [TranslatableString.MoveDownButton]: 'form.down',
  [TranslatableString.CopyButton]: 'form.copy',
  [TranslatableString.ClearButton]: 'form.clear',
  [TranslatableString.ClearLabel]: 'form.clear',
  [TranslatableString.EmptyArray]: 'form.noItems',
};
function translate(text: TranslatableString, params?: string[]): string {
  if (text === TranslatableString.OptionPrefix) return i18next.t('form.option', { n: params?.[0] });
  const key = words[text];
  if (key) return i18next.t(key);
  return (params ?? []).reduce((out, param, i) => out.replace(`%${i + 1}`, param), String(text));
}

const idOf = (path: (string | number)[]) => ['root', ...path].join('_');

const SchemaForm = forwardRef<SchemaFormHandle, Props>(function SchemaForm({ spec, value, onChange, readOnly }, ref) {
  const { language } = useLanguage();
  const schema = useMemo(() => localise(spec.schema, language), [spec, language]);
  const ui = useMemo(
    () => ({ ...uiSchemaOf(localise(spec.ui ?? {}, language), schema), 'ui:submitButtonOptions': { norender: true } }),
    [spec, schema, language],
  );
  const drawn = useMemo(() => drawable(schema), [schema]);
  const [checking, setChecking] = useState(false);
  const [fromServer, setFromServer] = useState<Fault[]>([]);
  const faults = useMemo(
    () => [...(checking ? faultsOf(schema, value) : []), ...fromServer],
    [checking, fromServer, schema, value],
  );
  const list = (found: Fault[]) => found.map((f) => ({ id: idOf(f.path), message: f.message }));
  useImperativeHandle(ref, () => ({
    check() {
      setFromServer([]);
      setChecking(true);
      return list(faultsOf(schema, value));
    },
    data: () => (clean(value) ?? {}) as Record<string, unknown>,
    valid: () => faultsOf(schema, value).length === 0,
    show(errors) {
      const found = errors.map((e): Fault => {
        const parts = e.pointer.split('/').filter(Boolean).map((p) => p.replace(/~1/g, '/').replace(/~0/g, '~'));
        if (parts[0] === 'data' || parts[0] === 'input') parts.shift();
        const path = parts.map((p) => (/^\d+$/.test(p) ? Number(p) : p));
        return { path, keyword: e.code, message: e.message || titleAt(schema, path) };
      });
      setFromServer(found);
      return list(found);
    },
  }));
  const extraErrors = useMemo(() => (faults.length ? errorSchemaOf(faults) : undefined), [faults]);
  return (
    <Form
      className="schema-form"
      tagName="div"
      schema={drawn as RJSFSchema}
      uiSchema={ui}
      formData={value}
      validator={validator}
      noValidate
      // Nothing is chosen for the person: an answer not given stays not given.
      experimental_defaultFormStateBehavior={{ constAsDefaults: 'never' }}
      extraErrors={extraErrors}
      showErrorList={false}
      readonly={readOnly}
      widgets={widgets}
      templates={templates}
      translateString={translate}
      formContext={{ descriptionLocation: 'below' }}
      onChange={(event) => {
        if (fromServer.length) setFromServer([]);
        onChange((event.formData ?? {}) as Record<string, unknown>);
      }}
    />
  );
});
export default SchemaForm;
