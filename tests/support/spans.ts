/** Replaces the OpenTelemetry SDK, using its API package only: keeps the spans that ended. */
import { randomBytes } from 'node:crypto'
import {
  type Attributes,
  type AttributeValue,
  type Context,
  type Span,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'

/** Is where every copy of the API keeps what is registered. */
const registration = Symbol.for('opentelemetry.js.api.1')

export type RecordedSpan = {
  name: string
  kind: SpanKind | undefined
  id: string
  parentId: string | undefined
  attributes: Attributes
  status: SpanStatus
}

/** Records every call on a span, so that a test can search it for what a span must not contain. */
export function createRecorder() {
  const ended: RecordedSpan[] = []
  /** Collects calls beside attributes and status: events, links, exceptions. */
  const otherCalls: unknown[] = []

  const tracer: Pick<Tracer, 'startSpan'> = {
    startSpan(name, options = {}, context) {
      const id = randomBytes(8).toString('hex')
      const recorded: RecordedSpan = {
        name,
        kind: options.kind,
        id,
        parentId: context && trace.getSpanContext(context)?.spanId,
        attributes: { ...options.attributes },
        status: { code: SpanStatusCode.UNSET },
      }
      function recordOther(extra: unknown): Span {
        otherCalls.push(extra)
        return span
      }
      const span: Span = {
        spanContext: () => ({ traceId: '1'.repeat(32), spanId: id, traceFlags: 1 }),
        setAttribute(key: string, value: AttributeValue) {
          recorded.attributes[key] = value
          return span
        },
        setAttributes(attributes) {
          Object.assign(recorded.attributes, attributes)
          return span
        },
        setStatus(status) {
          recorded.status = status
          return span
        },
        addEvent: (...event) => recordOther(event),
        addLink: (link) => recordOther(link),
        addLinks: (links) => recordOther(links),
        recordException: (exception) => void recordOther(exception),
        updateName(next) {
          recorded.name = next
          return span
        },
        end: () => void ended.push(recorded),
        isRecording: () => true,
      }
      return span
    },
  }

  const provider: TracerProvider = {
    getTracer: () => ({
      startSpan: tracer.startSpan,
      startActiveSpan() {
        throw new TypeError('The gateway starts spans by hand')
      },
    }),
  }

  return {
    ended,
    otherCalls,
    /** Installs the recorder as the SDK of the process. */
    register: () => void trace.setGlobalTracerProvider(provider),
    /**
     * Installs the recorder as an SDK does whose copy of the API has this version; `active` is the
     * context in which requests come in.
     */
    registerAs(version: string, active: Context): void {
      const context = { active: () => active, with: (_: Context, work: () => unknown) => work() }
      Object.assign(globalThis, { [registration]: { version, trace: provider, context } })
    },
    unregister(): void {
      trace.disable()
      Reflect.deleteProperty(globalThis, registration)
    },
  }
}
