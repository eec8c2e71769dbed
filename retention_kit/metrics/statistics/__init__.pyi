from .differences import Difference as Difference
from .differences import adjusted_p_values as adjusted_p_values
from .differences import difference_of_proportions as difference_of_proportions
from .differences import mix_rate_split as mix_rate_split
from .differences import total_of_segments as total_of_segments
from .estimates import garwood as garwood
from .estimates import wilson as wilson
from .skewness import skew_corrected as skew_corrected
