import { Component, type ReactNode } from 'react';
import { ErrorState } from '#renderer/ui/error-state.tsx';

type Props = { children: ReactNode };
type State = { error: unknown };

/** A screen that fails shows why and can be opened again; the rest of the app goes on. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    console.error('A screen failed', error);
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <ErrorState title="This screen failed" error={this.state.error} retry={() => this.setState({ error: null })} />
    );
  }
}
