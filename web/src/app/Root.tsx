import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { Navigate, Route, Routes } from 'react-router-dom';
import { isProblem, onSessionEnded } from '../api/client';
import { useMe } from '../api/queries';
import type { Me } from '../api/types';
import { Loading, ProblemView } from '../components/states';
import { SignInPage } from '../pages/SignIn';
import { ReSignIn } from './ReSignIn';
import { SessionProvider } from './session';
import { Shell } from './Shell';

const TasksPage = lazy(() => import('../pages/tasks/Tasks'));
const PlansPage = lazy(() => import('../pages/Plans'));
const PlanPage = lazy(() => import('../pages/plan/Plan'));
const OverviewPage = lazy(() => import('../pages/Overview'));
const StartPage = lazy(() => import('../pages/Start'));
const NotificationsPage = lazy(() => import('../pages/Notifications'));
const DefinitionsPage = lazy(() => import('../pages/Definitions'));
const DefinitionPage = lazy(() => import('../pages/Definition'));
const ClockPage = lazy(() => import('../pages/Clock'));
const CalendarPage = lazy(() => import('../pages/calendar/Calendar'));
const ManageCalendars = lazy(() => import('../pages/calendar/Manage'));
const RehearsalPage = lazy(() => import('../pages/rehearsal/Rehearsal'));
const SettingsPage = lazy(() => import('../pages/settings/Settings'));
const NotFoundPage = lazy(() => import('../pages/NotFound'));

export function Root() {
  const client = useQueryClient();
  const me = useMe();
  const [ended, setEnded] = useState(false);
  const waiters = useRef<(() => void)[]>([]);
  const person = me.data?.person.id;

  // Once somebody is signed in, a 401 means that the session has ended: ask in place.
  useEffect(() => {
    if (!person) return;
    onSessionEnded(
      () =>
        new Promise<void>((resolve) => {
          waiters.current.push(resolve);
          setEnded(true);
        }),
    );
    return () => onSessionEnded(null);
  }, [person]);

  const renewed = useCallback(
    (again: Me) => {
      if (again.person.id !== person) {
        // Somebody else: nothing typed by the first person may be sent in the name of the second.
        location.assign('/');
        return;
      }
      client.setQueryData(['me'], again);
      setEnded(false);
      const go = waiters.current;
      waiters.current = [];
      go.forEach((resolve) => resolve());
      void client.invalidateQueries();
    },
    [client, person],
  );

  if (me.isPending) return <Loading page />;
  if (me.isError && !isProblem(me.error, 401)) {
    return <main className="blank"><ProblemView error={me.error} retry={() => void me.refetch()} /></main>;
  }
  if (!me.data) {
    return <SignInPage onDone={(signed) => client.setQueryData(['me'], signed)} />;
  }
  return (
    <SessionProvider me={me.data}>
      <Shell>
        <Suspense fallback={<Loading />}>
          <Routes>
            <Route path="/" element={<Navigate to="/tasks" replace />} />
            <Route path="/sign-in" element={<Navigate to="/tasks" replace />} />
            <Route path="/tasks/:id?" element={<TasksPage />} />
            <Route path="/plans" element={<PlansPage />} />
            <Route path="/plans/:id" element={<PlanPage />} />
            <Route path="/overview" element={<OverviewPage />} />
            <Route path="/start/:name?" element={<StartPage />} />
            <Route path="/notifications" element={<NotificationsPage />} />
            <Route path="/workflows" element={<DefinitionsPage />} />
            <Route path="/workflows/:name" element={<DefinitionPage />} />
            <Route path="/calendar" element={<CalendarPage />} />
            {me.data.isAdministrator && <Route path="/calendar/manage" element={<ManageCalendars />} />}
            {me.data.isAdministrator && <Route path="/rehearsal" element={<RehearsalPage />} />}
            <Route path="/settings/:part?" element={<SettingsPage />} />
            {me.data.demo && me.data.isAdministrator && <Route path="/clock" element={<ClockPage />} />}
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Suspense>
      </Shell>
      <ReSignIn open={ended} account={me.data.account} onDone={renewed} />
    </SessionProvider>
  );
}
