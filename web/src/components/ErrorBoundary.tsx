import { Component, type ReactNode } from 'react';
import { i18next } from '../i18n';

export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="blank">
        <h1>{i18next.t('error.generic')}</h1>
        <p>{i18next.t('error.crash')}</p>
        <button type="button" className="plain-button" onClick={() => location.reload()}>
          {i18next.t('error.reload')}
        </button>
      </main>
    );
  }
}
