import type { ReactNode } from 'react';

export function Section({ title, icon, children, tone, id }: { title: string; icon?: ReactNode; children: ReactNode; tone?: string; id?: string }) {
  return (
    <section className={`card ${tone ?? ''}`} id={id}>
      <h2>{icon && <span aria-hidden>{icon}</span>}{title}</h2>
      {children}
    </section>
  );
}
