import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { ApiResource } from '../../api/discovery.ts';
import { Menu } from '../../ui/menu.tsx';
import { t } from '../messages.ts';
import { type ActionName, actionsOf } from './index.ts';
import type { Refuses } from './use-rights.ts';

interface ActionMenuProps {
  resource: ApiResource;
  object: KubeObject;
  refuses: Refuses;
  onAction(name: ActionName): void;
}

/** The actions on an object, beneath a button. */
export function ActionMenu({ resource, object, refuses, onAction }: ActionMenuProps) {
  const items = actionsOf(resource, object).map((action) => ({
    title: t(action.name),
    danger: action.danger,
    disabled: refuses(action, object.metadata.name),
    run: () => onAction(action.name),
  }));
  if (items.length === 0) return null;
  return (
    <Menu label={t('actionsOf', { name: object.metadata.name ?? '' })} items={items}>
      {t('actions')}
    </Menu>
  );
}
