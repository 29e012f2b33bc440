import type { Instance } from '../api/types';

export const isRunning = (plan: Pick<Instance, 'state'>) => plan.state === 'running' || plan.state === 'waiting';
