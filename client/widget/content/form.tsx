import { Fragment } from 'react'
import type { ChatMessage, FormMessage } from '../../core/index.js'
import { useCurrent, useWidget } from '../context.js'
import { DoneIcon } from '../icons.js'
import { refusalIn } from './answers.js'
import { Box } from './box.js'
import { Field, FormErrors } from './field.js'
import { questionsIn, specOf, valuesOf } from './form-values.js'
import { useAnswer } from './use-answer.js'
import { useFields } from './use-fields.js'

type Message = ChatMessage & FormMessage

/**
 * Returns the state of a form: if it can be filled in, what was filled in before, and how to send
 * it.
 */
function useFilling(message: Message) {
  const { locked, language } = useWidget()
  const { snapshot } = useCurrent()
  const { answer, isTaken, reply } = useAnswer(message)
  const refusal = answer ? undefined : refusalIn(snapshot.messages, message.id)
  const before = answer?.messageType === 'FormResponseMessage' ? answer.values : refusal?.values
  const questions = questionsIn(message.form.inputs)
  const given = questions.map((question) => specOf(question, before ?? []))
  const fields = useFields(`form ${message.id}`, given, (entries) => {
    const values = questions.flatMap((question, at) => {
      const entry = entries[at]
      return entry ? valuesOf(question, entry, language) : []
    })
    reply({ values })
  })
  return { ...fields, refusal, isSent: isTaken, locked }
}

/** Shows the inputs and notes in their order. */
function Inputs({ inputs, specs, problems }: { inputs: Message['form']['inputs'] } & Shown) {
  let field = -1
  return inputs.map(({ inputId, type, label }) => {
    if (type !== 'note') field += 1
    const spec = specs[field]
    return (
      <Fragment key={inputId}>
        {type === 'note' && (
          <p className="miaw-note" dir="auto">
            {label}
          </p>
        )}
        {type !== 'note' && spec && (
          <Field spec={spec} field={field} problem={problems[field] ?? ''} />
        )}
      </Fragment>
    )
  })
}

type Shown = Pick<ReturnType<typeof useFilling>, 'specs' | 'problems'>

/**
 * Shows a form within the conversation. It keeps what was typed, and opens again when it was not
 * accepted.
 */
export function Form({ message }: { message: Message }) {
  const { texts } = useWidget()
  const { form, specs, problems, refusal, isSent, locked } = useFilling(message)
  const { title, inputs } = message.form
  return (
    <Box title={title || texts.form}>
      {isSent && (
        <p className="miaw-done">
          <DoneIcon />
          {texts.formSent}
        </p>
      )}
      <form {...form} hidden={isSent}>
        {refusal && !locked && <FormErrors lines={[...refusal.errors, texts.correctForm]} />}
        <fieldset className="miaw-fields" disabled={isSent || locked}>
          <Inputs inputs={inputs} specs={specs} problems={problems} />
          <FormErrors lines={Object.keys(problems).length > 0 ? [texts.checkAnswers] : []} />
          <button type="submit" className="miaw-button" data-kind="primary">
            {texts.submitForm}
          </button>
        </fieldset>
      </form>
    </Box>
  )
}
