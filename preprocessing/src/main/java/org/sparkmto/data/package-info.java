/**
 * The data contract: what a directory of shards holds and how a reader knows that it is whole.
 *
 * <p>Preprocessing writes it, training reads it, and neither knows the other. Nothing here depends
 * on Spark or on a tensor library.
 */
package org.sparkmto.data;
