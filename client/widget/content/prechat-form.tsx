import { useEffect, useId } from 'react'
import type { ChatProblem, Prechat } from '../../core/index.js'
import { useCurrent, useWidget } from '../context.js'
import { Field, FormErrors } from './field.js'
import { attributesOf, refusedIn, specOf } from './prechat.js'
import { useFields } from './use-fields.js'

type Props = {
  prechat: Prechat
  /** Why the answers were not accepted; its `errors` name the fields. */
  problem: ChatProblem | null
  onSubmit(routingAttributes: Record<string, string>): void
  onCancel(): void
}

/** Returns the fields, and the gateway's problems with the values that were sent before. */
function useQuestions({ prechat: { fields }, problem, onSubmit }: Props) {
  const { texts } = useWidget()
  const { snapshot } = useCurrent()
  const given = fields.map((question) => specOf(question, texts))
  /** Sent, and not answered yet. */
  const isSent = snapshot.connection === 'connecting'
  const filling = useFields('prechat', given, (entry) => {
    if (!isSent) onSubmit(attributesOf(fields, entry))
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each problem is pointed at once
  useEffect(() => {
    if (problem) filling.point(refusedIn(fields, problem, texts))
  }, [problem])
  /** That a form is needed is no refusal of it. */
  const isRefused = problem !== null && problem.code !== 'prechat_required'
  const isMarked = Object.keys(filling.problems).length > 0
  const errors = isMarked ? [texts.checkAnswers] : isRefused ? [texts.prechatFailed] : []
  return { ...filling, errors, isSent }
}

/** Asks the questions that come before a conversation, or before a session. */
export function PrechatForm(props: Props) {
  const { texts } = useWidget()
  const { form, specs, problems, errors, isSent } = useQuestions(props)
  const id = useId()
  const { fields } = props.prechat
  return (
    <form {...form} className="miaw-prechat" aria-labelledby={id}>
      <h3 id={id}>{texts.prechatTitle}</h3>
      <p className="miaw-note">{texts.prechatIntro}</p>
      {specs.map((spec, at) => (
        <Field key={fields[at]?.name} spec={spec} field={at} problem={problems[at] ?? ''} />
      ))}
      <FormErrors lines={errors} />
      <div className="miaw-prechat-ends">
        <button type="submit" className="miaw-button" data-kind="primary" aria-disabled={isSent}>
          {texts.prechatSubmit}
        </button>
        <button type="button" className="miaw-button" data-kind="quiet" onClick={props.onCancel}>
          {texts.cancel}
        </button>
      </div>
    </form>
  )
}
