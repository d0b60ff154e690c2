/**
 * Multi-task optimisation methods: from the losses of the tasks, and where a method needs them the
 * inner products of their gradients or these gradients themselves, to one weight per task. Pure
 * functions in double that know neither Spark nor tensors.
 *
 * <p>To add a method:
 *
 * <ol>
 *   <li>Write one record whose components are its hyper-parameters. It implements the type that
 *       says what it must see: {@link org.sparkmto.method.LossMethod} for losses, {@link
 *       org.sparkmto.method.GramMethod} for inner products, {@link
 *       org.sparkmto.method.BufferMethod} for those of running averages, {@link
 *       org.sparkmto.method.SampledMethod} for those of several samples, {@link
 *       org.sparkmto.method.ElementMethod} for gradients element by element, {@link
 *       org.sparkmto.method.TaskwiseMethod} for an optimiser per task, {@link
 *       org.sparkmto.method.BilevelMethod} for a trial step, {@link
 *       org.sparkmto.method.ValueFunctionMethod} for steps of a lower level. Name the paper and the
 *       equation in its comment.
 *   <li>Implement {@code weigh} for the active tasks only; solve on the cosines where the method is
 *       indifferent to norms; answer {@link org.sparkmto.method.TaskWeights#failed} with a reason
 *       rather than a guess. Missing labels, zero gradients and NaN are {@link
 *       org.sparkmto.method.Weigher}'s business.
 *   <li>If it remembers anything, declare every name in {@code initialState}; values per task and
 *       per pair of tasks are restricted, merged and checkpointed without further code.
 *   <li>Override {@code drawnPreference} if the network is to be told a preference in every step.
 *   <li>Override {@code equalWeight} if its weights replace a mean rather than a sum.
 *   <li>Give it an {@code ENTRY} with its options and the properties it claims, and add the entry
 *       to {@link org.sparkmto.method.Methods}. The property tests then hold it to its claims.
 *   <li>Test it against an independent source.
 * </ol>
 *
 * <p>A method may also be in a jar of a user's own: {@link org.sparkmto.method.MethodProvider}.
 *
 * <p>To add a kind of method: permit its type in {@link org.sparkmto.method.Method}, give it a case
 * in {@link org.sparkmto.method.Method.Visitor} and a {@link org.sparkmto.method.Kind}; if it sees
 * something new, add a record to {@link org.sparkmto.method.GradientSummary} and its {@link
 * org.sparkmto.method.GradientForm}. The compiler then names the other places: the routes of
 * training and nothing else.
 *
 * <p>To run methods: {@link org.sparkmto.method.Methods#of} weighs the tasks of one step from their
 * losses and the inner products of their gradients; {@link org.sparkmto.method.LocalStep} makes
 * steps with gradients in memory; {@link org.sparkmto.method.Weigher} is the pure function behind
 * both and behind training.
 */
package org.sparkmto.method;
