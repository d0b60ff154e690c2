/**
 * Ten small control tasks, and one agent that learns all of them: mechanics with their equations of
 * motion, the tasks that are made of them, and a soft actor-critic whose losses, one per task, any
 * method of {@link org.sparkmto.method} weighs. Pure functions and arrays in double that know
 * neither Spark nor tensors; every random number is counted, so an episode is a function of policy,
 * seed, task and number.
 */
package org.sparkmto.control;
