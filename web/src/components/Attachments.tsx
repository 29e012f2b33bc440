import { useRef, useState } from 'react';
import { DeleteOutlined, DownloadOutlined, FileOutlined, FilePdfOutlined, PaperClipOutlined, UploadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { attachmentUrl, isProblem, upload } from '../api/client';
import type { Attachment, Evidence } from '../api/types';
import { checkFile, sizeText, typeNames } from '../lib/files';
import { formatInstant } from '../lib/dates';
import { useLanguage } from '../i18n';
import { announce } from '../app/announce';

export function FileLink({ file }: { file: Attachment }) {
  const { t, language } = useLanguage();
  const by = typeof file.uploadedBy === 'string' ? file.uploadedBy : file.uploadedBy?.name;
  return (
    <a className="file" href={attachmentUrl(file.id)} download={file.name}>
      <span className="file-icon" aria-hidden>{file.mediaType === 'application/pdf' ? <FilePdfOutlined /> : <FileOutlined />}</span>
      <span className="grow">
        <span className="file-name">{file.name}</span>
        <span className="muted small">
          {sizeText(file.size)}
          {by && file.uploadedAt && <> · {t('plan.uploadedBy', { name: by, at: formatInstant(file.uploadedAt, language) })}</>}
        </span>
      </span>
      <span className="visually-hidden">{t('plan.download')}</span>
      <DownloadOutlined aria-hidden />
    </a>
  );
}

type Going = { key: number; name: string; part: number };

/** One kind of evidence: its rules, what is there, and a way to add more. */
export function EvidenceField({ task, rule, files, onChange, disabled }: {
  task: string;
  rule: Evidence;
  files: Attachment[];
  onChange: (change: (files: Attachment[]) => Attachment[]) => void;
  disabled?: boolean;
}) {
  const { t, text } = useLanguage();
  const input = useRef<HTMLInputElement>(null);
  const [going, setGoing] = useState<Going[]>([]);
  const [errors, setErrors] = useState<string[]>([]);
  const full = !!rule.max && files.length + going.length >= rule.max;

  const add = async (chosen: File[]) => {
    setErrors([]);
    let room = rule.max ? rule.max - files.length - going.length : Infinity;
    for (const file of chosen) {
      const fault = checkFile(file, rule);
      const refuse = (message: string) => setErrors((old) => [...old, message]);
      if (fault === 'tooBig') refuse(t('task.tooBig', { name: file.name, limit: sizeText(rule.maxBytes!) }));
      else if (fault === 'wrongType') refuse(t('task.wrongType', { name: file.name, types: typeNames(rule.mediaTypes) }));
      else if (room <= 0) refuse(t('task.tooMany', { count: rule.max! }));
      else {
        room -= 1;
        const key = Math.random();
        setGoing((old) => [...old, { key, name: file.name, part: 0 }]);
        try {
          const done = await upload(file, task, rule.type, (part) =>
            setGoing((old) => old.map((g) => (g.key === key ? { ...g, part } : g))),
          );
          onChange((old) => [...old, done]);
          announce(t('task.uploaded', { name: file.name }));
        } catch (e) {
          refuse(isProblem(e, 0) ? t('error.offlineTitle') : isProblem(e) ? e.message : t('error.generic'));
        } finally {
          setGoing((old) => old.filter((g) => g.key !== key));
        }
      }
    }
    if (input.current) input.current.value = '';
  };
  const id = `evidence-${rule.type}`;
  return (
    <div className="evidence" id={id} tabIndex={-1}>
      <div className="evidence-head">
        <span className="evidence-label">
          <PaperClipOutlined aria-hidden /> {text(rule.label) || rule.type}
          <span className="muted small"> · {rule.min > 0 ? t('task.fileMin', { count: rule.min }) : t('task.optional')}</span>
        </span>
        {!disabled && (
          <Button icon={<UploadOutlined aria-hidden />} disabled={full} onClick={() => input.current?.click()}
            aria-label={`${t('task.choose')}: ${text(rule.label) || rule.type}`}>
            {t('task.choose')}
          </Button>
        )}
        <input ref={input} type="file" hidden multiple={!rule.max || rule.max > 1} data-evidence={rule.type}
          accept={rule.mediaTypes?.join(',')} aria-hidden tabIndex={-1}
          onChange={(e) => void add([...(e.target.files ?? [])])} />
      </div>
      {(rule.mediaTypes?.length || rule.maxBytes) && (
        <p className="muted small">
          {t('task.fileRules', { types: typeNames(rule.mediaTypes) || '*', limit: rule.maxBytes ? sizeText(rule.maxBytes) : '25 MB' })}
        </p>
      )}
      {files.map((file) => (
        <div key={file.id} className="row nowrap">
          <FileLink file={file} />
          {!disabled && (
            <button type="button" className="icon-button" aria-label={t('task.remove', { name: file.name })}
              onClick={() => onChange((old) => old.filter((f) => f.id !== file.id))}>
              <DeleteOutlined />
            </button>
          )}
        </div>
      ))}
      {going.map((g) => (
        <div key={g.key} className="uploading" role="status">
          <span>{t('task.uploading', { name: g.name, percent: Math.round(g.part * 100) })}</span>
          <progress max={1} value={g.part} aria-label={g.name} />
        </div>
      ))}
      {errors.map((message) => <p key={message} className="field-error" role="alert">{message}</p>)}
    </div>
  );
}
