import { kdError } from '../errors/kd-error.ts';
import type { Backend, DeviceSettings } from './backend.ts';

/**
 * Hands a run's device settings to the backend, before it starts. A backend that has no settings takes memory as it needs
 * it, so that `growth` holds there anyway; all else is `KD_BACKEND_SETTING`.
 */
export function configureBackend(backend: Backend, settings: DeviceSettings): void {
  if (backend.configure) return backend.configure(settings);
  const { limitBytes, device, allocator } = settings;
  const setting = limitBytes !== undefined ? `a limit of ${limitBytes} bytes` : device !== undefined ? `device '${device}'` : allocator !== undefined ? `allocator '${allocator}'` : undefined;
  if (setting !== undefined) throw kdError('KD_BACKEND_SETTING', { backend: backend.name, setting, why: 'it has no settings' });
}
