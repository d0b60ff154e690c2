/** The binary version of CIFAR-100: fixed records in two files, read from any place in them. */
package org.sparkmto.preprocessing.cifar;
