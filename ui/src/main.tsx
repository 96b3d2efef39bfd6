import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './look/mantineStyles.ts';
import './look/base.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeQueryClient } from './data/queries.ts';
import { LanguageProvider } from './i18n/language.tsx';
import { schemeManager } from './look/scheme.ts';
import { theme } from './look/theme.ts';
import { makeRouter } from './router.tsx';
import { ClockProvider } from './url/Clock.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

const client = makeQueryClient();

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} colorSchemeManager={schemeManager} defaultColorScheme="auto">
      <LanguageProvider>
        <QueryClientProvider client={client}>
          <ClockProvider>
            <RouterProvider router={makeRouter(client)} />
          </ClockProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </MantineProvider>
  </StrictMode>,
);
