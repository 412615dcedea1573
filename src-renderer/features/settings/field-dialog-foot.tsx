import { Button, Group } from '@mantine/core';
import classes from './settings.module.css';

type Props = { isNew: boolean /** Why it cannot be saved. */; problem: string | null; onClose: () => void };

/** The end of a field's dialog: what is the matter, and the two ways out. */
export function FieldDialogFoot({ isNew, problem, onClose }: Props) {
  return (
    <>
      {problem === null ? null : (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit">{isNew ? 'Add field' : 'Save'}</Button>
      </Group>
    </>
  );
}
