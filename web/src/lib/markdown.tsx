import { Fragment, type ReactNode } from 'react';

// The plain subset of Markdown that instructions use: paragraphs, headings, lists, **bold**, *italic*,
// `code` and links to http(s). It builds elements, never HTML, so no text can become markup.
const inline = /\*\*(.+?)\*\*|\*([^*\s][^*]*)\*|`([^`]+)`|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

function spans(text: string): ReactNode[] {
  const out: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > from) out.push(text.slice(from, match.index));
    const key = match.index;
    if (match[1]) out.push(<strong key={key}>{spans(match[1])}</strong>);
    else if (match[2]) out.push(<em key={key}>{match[2]}</em>);
    else if (match[3]) out.push(<code key={key}>{match[3]}</code>);
    else out.push(<a key={key} href={match[5]} target="_blank" rel="noreferrer noopener">{match[4]}</a>);
    from = match.index + match[0].length;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

export function Markdown({ source }: { source: string }) {
  const blocks: ReactNode[] = [];
  let list: { ordered: boolean; items: string[] } | null = null;
  let paragraph: string[] = [];
  const endParagraph = () => {
    if (paragraph.length) {
      const lines = paragraph;
      blocks.push(
        <p key={blocks.length}>
          {lines.map((line, i) => <Fragment key={i}>{i > 0 && ' '}{spans(line)}</Fragment>)}
        </p>,
      );
    }
    paragraph = [];
  };
  const endList = () => {
    if (list) {
      const items = list.items.map((item, i) => <li key={i}>{spans(item)}</li>);
      blocks.push(list.ordered ? <ol key={blocks.length}>{items}</ol> : <ul key={blocks.length}>{items}</ul>);
    }
    list = null;
  };
  for (const line of source.slice(0, 65536).split(/\r?\n/)) {
    const bullet = /^\s*(?:[-*]|(\d+)[.)])\s+(.*)$/.exec(line);
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    if (bullet) {
      endParagraph();
      const ordered = bullet[1] !== undefined;
      if (list && (list as { ordered: boolean }).ordered !== ordered) endList();
      list ??= { ordered, items: [] };
      list.items.push(bullet[2]);
    } else if (heading) {
      endParagraph();
      endList();
      blocks.push(<p key={blocks.length} className="md-heading">{spans(heading[1])}</p>);
    } else if (!line.trim()) {
      endParagraph();
      endList();
    } else if (list && /^\s+/.test(line)) {
      const items = (list as { items: string[] }).items;
      items[items.length - 1] += ` ${line.trim()}`;
    } else {
      endList();
      paragraph.push(line.trim());
    }
  }
  endParagraph();
  endList();
  return <div className="md">{blocks}</div>;
}
