import { SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { Section } from './section.tsx';

/** Light, dark, or as the system is; remembered on this device. */
export function AppearanceSettings() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title="Appearance" text="On this device only.">
      <SegmentedControl
        aria-label="Appearance"
        data={[
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
          { value: 'auto', label: 'As the system' },
        ]}
        value={colorScheme}
        onChange={(next) => setColorScheme(next === 'light' || next === 'dark' ? next : 'auto')}
      />
    </Section>
  );
}
