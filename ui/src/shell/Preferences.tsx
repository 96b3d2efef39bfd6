import { ActionIcon, Popover, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useSpeech } from '../i18n/language.tsx';
import type { Language } from '../i18n/words.ts';

export function Preferences() {
  const { words } = useSpeech();
  return (
    <Popover position="right-end" withinPortal trapFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={words.preferences}>
          <IconAdjustmentsHorizontal size={18} stroke={1.6} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <PreferenceControls />
      </Popover.Dropdown>
    </Popover>
  );
}

export function PreferenceControls() {
  const { words, language, speak } = useSpeech();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className="preferences">
      <span className="quiet">{words.appearance}</span>
      <SegmentedControl
        size="xs"
        aria-label={words.appearance}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as 'light')}
        data={[
          { value: 'auto', label: words.schemeAuto },
          { value: 'light', label: words.schemeLight },
          { value: 'dark', label: words.schemeDark },
        ]}
      />
      <span className="quiet">{words.language}</span>
      <SegmentedControl
        size="xs"
        aria-label={words.language}
        value={language}
        onChange={(value) => speak(value as Language)}
        data={[
          { value: 'en', label: 'English' },
          { value: 'pt-BR', label: 'Português' },
        ]}
      />
    </div>
  );
}
