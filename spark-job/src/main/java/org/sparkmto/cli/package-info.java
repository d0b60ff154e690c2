/**
 * The command line: one main class for {@code spark-submit} and for a single machine, and its
 * sub-commands.
 *
 * <p>Exit codes: 0 done; 1 failed; 2 wrong usage or configuration, with one line that says what to
 * change; 130 stopped by Ctrl-C. {@link org.sparkmto.cli.SubCommand} says which error is which.
 */
package org.sparkmto.cli;
