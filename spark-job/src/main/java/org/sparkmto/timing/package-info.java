/**
 * Where the time of a step goes: the phases of a step ({@link org.sparkmto.timing.StepPhase}) and
 * the clock that counts them on a rank ({@link org.sparkmto.timing.StepClock}). It looks at the
 * machine's clock alone, so it changes nothing of what is computed.
 */
package org.sparkmto.timing;
