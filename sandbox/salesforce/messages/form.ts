import type { MessageBody } from '../entries.js'
import { formInputs } from './form-inputs.js'
import { titleItem } from './items.js'

/** Composes a form with every kind of input; the last section submits it. */
export function form(): MessageBody {
  const inputs = formInputs()
  const last = inputs.at(-1)
  return {
    messageType: 'FormMessage',
    form: {
      formatType: 'Inputs',
      formTitle: titleItem('Booking'),
      introScreen: null,
      images: [],
      message: titleItem('Please fill in the booking form'),
      reply: titleItem('Booking sent'),
      sections: inputs.map((input) => ({
        sectionType: 'SingleInputSection',
        input,
        nextSectionInputId: null,
        submitForm: input === last,
      })),
    },
  }
}
