/**
 * Defines schemas of Salesforce's responses, limited to the fields that are read. Further
 * properties are to be expected.
 */
import * as z from 'zod'
import {
  maybe,
  maybeAnything,
  maybeBoolean,
  maybeInteger,
  maybeText,
  opaqueId,
  readableItems,
} from '../lenient.js'

/** Describes epoch milliseconds that a calendar with four-digit years can tell. */
const instant = z.int().min(0).max(253_402_300_799_999)

/** Describes an id that the gateway chose, in lower case however Salesforce spells it. */
const ownId = z.string().toLowerCase()

/** Describes a UUID in lower case; anything else is none. */
export const uuid = z.uuid().toLowerCase()

const formField = z.object({
  name: z.string(),
  order: z.number().nullish(),
  type: z.string(),
  required: z.boolean().nullish(),
  maxLength: z.number().nullish(),
  isHidden: z.boolean().nullish(),
  label: maybeText,
  choiceListId: maybeText,
})

const choiceList = z.object({
  choiceListId: z.string(),
  choiceListValues: z
    .array(
      z.object({
        order: z.number().nullish(),
        choiceListValueName: z.string(),
        label: maybeText,
        isDefaultValue: z.boolean().nullish(),
      }),
    )
    .nullish(),
})

export const deploymentConfig = z.object({
  forms: z
    .array(
      z.object({ displayContext: maybeText, formFields: z.array(formField).nullish() }).nullable(),
    )
    .nullish(),
  choiceListConfig: z.object({ choiceList: z.array(choiceList).nullish() }).nullish(),
  attachments: z
    .object({ endUserToAgent: z.boolean().nullish(), maxFileSize: z.number().nullish() })
    .nullish(),
})
export type DeploymentConfig = z.infer<typeof deploymentConfig>

/** Describes the response of `enhanced-chat-api.md §1.5`. */
export const tokenResponse = z.object({
  accessToken: z.string().min(1),
  context: z.object({
    endUser: z.object({ subject: z.string() }),
    configuration: z.object({ embeddedServiceConfig: deploymentConfig.nullish() }).nullish(),
  }),
})

const participant = z.object({ role: maybeText, subject: maybeText })

/** Describes `§3.1`; the payload comes as an object or as a JSON string. */
export const listedEntry = z.object({
  entryType: z.string(),
  identifier: opaqueId,
  senderDisplayName: maybeText,
  sender: maybe(participant),
  transcriptedTimestamp: instant,
  entryPayload: maybeAnything,
})
export type ListedEntry = z.infer<typeof listedEntry>

export const entriesResponse = z.object({ conversationEntries: z.array(z.unknown()) })

/** Describes the response of `§2.10`. */
export const sendResponse = z.object({
  conversationEntries: z.array(
    z.object({ id: ownId, clientTimestamp: instant.nullable().catch(null) }),
  ),
})

/** Describes the response of `§2.7`. */
export const conversationsResponse = z.object({
  conversations: readableItems(
    z.object({
      conversationId: ownId,
      startTimestamp: maybe(instant),
      endTimestamp: maybe(instant),
    }),
  ),
})

/** Describes the response of `§2.18`. */
export const hoursResponse = z.object({
  businessHoursInfo: maybe(
    z.object({ businessHours: readableItems(z.object({ startTime: instant, endTime: instant })) }),
  ),
})

/** Describes the response of `§2.8`. */
export const routingResponse = z.object({ routingStatus: z.string() })

/** Describes the payload of `§3.4`. */
export const participantPayload = z.object({
  entries: readableItems(
    z.object({
      operation: z.enum(['add', 'remove', 'update']),
      participant,
      displayName: maybeText,
    }),
  ),
})

export const routingPayload = z.object({
  routingType: z.string(),
  failureType: maybeText,
  failureReason: maybeText,
  estimatedWaitTime: maybe(z.object({ estimatedWaitTimeInSeconds: maybe(z.number()) })),
})

export const workPayload = z.object({ workType: z.string() })

export const sessionPayload = z.object({
  sessionStatus: z.string(),
  sessionStatusPrev: maybeText,
  sessionEndedByRole: maybeText,
})

/** Describes `§4`; the payload comes as a JSON string or as an object. */
export const streamedEvent = z.object({
  conversationId: ownId,
  conversationEntry: z.object({
    entryType: z.string(),
    senderDisplayName: maybeText,
    sender: maybe(participant),
    transcriptedTimestamp: maybe(instant),
    entryPayload: maybeAnything,
  }),
})
export type StreamedEntry = z.infer<typeof streamedEvent>['conversationEntry']

export const progressPayload = z.object({
  progressIndicator: z.object({ progressMessage: maybe(z.object({ text: maybeText })) }),
})

export const queuePayload = z.object({ position: maybeInteger })

/**
 * Describes a piece of a bot's text, or the verdict on all of it (`tokenType:
 * StreamingTokenValidation`), for which Salesforce's own apps read `result.valid`.
 */
export const tokenPayload = z.object({
  streamingToken: z.object({
    targetMessageIdentifier: opaqueId,
    turnId: maybeText,
    batchNumber: maybeInteger,
    sequenceNumber: maybeInteger,
    token: maybe(z.object({ text: maybeText })),
    valid: maybeBoolean,
    result: maybe(z.object({ valid: maybeBoolean })),
  }),
})
