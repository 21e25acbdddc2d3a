import { createStep } from "@velella/workflows";
import type { StepExecutionContext } from "@velella/workflows";
import type { EventMessage } from "@velella/kernel";
import { EventBusService } from "../events/event-bus";

/** What `emitEventStep` is given. */
export interface EmitEventInput {
  /** What subscribers know it by, such as `product.created`. */
  eventName: string;
  /** The payload; an array emits one event per element. */
  data: object | object[] | ((context: StepExecutionContext) => Promise<object | object[]>);
  /** Delivery options, such as `delay` in milliseconds; see `EventOptions`. */
  options?: Record<string, unknown>;
  /** Handed to subscribers beside the payload; the group of the run is added to it. */
  metadata?: Record<string, unknown>;
}

/** Emits an event with the success of the workflow; a workflow that fails emits nothing. */
export const emitEventStep = createStep({ name: "emit-event-step", pure: true, emits: true }, async (input: EmitEventInput, context) => {
  const data = typeof input.data === "function" ? await input.data(context) : input.data;
  const { eventGroupId } = context;
  const messages = [data].flat().map((payload): EventMessage => ({
    name: input.eventName,
    data: payload,
    metadata: { ...input.metadata, eventGroupId },
    options: input.options,
  }));
  context.emit(messages);
  const bus = context.container.resolve<unknown>("event_bus", { allowUnregistered: true });
  if (bus instanceof EventBusService) await bus.intercept(messages, eventGroupId);
});
