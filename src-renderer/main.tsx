import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import '#renderer/ui/global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from '#renderer/app/app.tsx';
import { must } from '#shared/kernel/assert.ts';

// The content security policy forbids compiling text: zod must not try.
z.config({ jitless: true });

createRoot(must(document.getElementById('root'), 'index.html has #root')).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
