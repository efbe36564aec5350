"""Chinese surnames and the syllables of transliterated names, for telling names from words.

The surnames are those of the Song-dynasty primer 《百家姓》 and of the Ministry of Public
Security's yearly reports on names, in simplified characters (`news.text.fold` brings
traditional ones to them); the syllables are those that newspapers use to write Tibetan,
Mongolian, Uyghur, Kazakh, Yi and Hui names.
"""

# The hundred most frequent, which together name about 85 in 100 people in mainland China.
FREQUENT = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严覃武戴莫孔向汤"
)
RARE = frozenset(
    "褚卫施张戚喻柏水窦章云葛奚郎鲁昌苗凤花俞柳酆鲍费廉岑倪滕殷毕邬安常乐时傅皮卞齐康伍元卜平"
    "和穆萧湛祁禹狄米贝明臧计伏成谈茅庞纪舒屈项祝阮蓝闵席季麻强路娄危童颜梅盛刁骆樊凌霍虞万支"
    "柯昝管经房裘缪干解应宗宣贲郁单杭洪包诸左吉钮嵇邢滑裴荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松"
    "井富巫乌焦巴弓牧隗山谷车宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖符景詹束幸司韶郜蓟薄印宿怀"
    "蒲邰鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕"
    "冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容古易慎戈庾终暨居衡步都耿满弘匡国文寇广禄阙东欧"
    "沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公"
    "涂佟佘仝商牟佴海岳缑亢况郈有琴晋楚邝麦揭粟门占原植练区官危谌鄢冼岩哈车苟候敬苑鹿闪矫栗"
    "仉展宛盘战修初衣木补覃褟补郄宾千漆布由萨宝佛佐伦但智亓隋束年迟芦操户闭尧危阳信尉斯揣续"
    "逢来敏英瓮帅兰藏祝南侍母寻塔仁化檀麴才过药銮鄞禤戢逮邸邳邹"
)
SURNAMES = FREQUENT | RARE
COMPOUND = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 令狐 慕容 司徒 司空 夏侯 长孙 宇文 端木 百里 南宫 东郭 "
    "西门 独孤 轩辕 呼延 闻人 濮阳 澹台 申屠 太史 公羊 钟离 鲜于 闾丘 赫连 拓跋 完颜 耶律 万俟 淳于 "
    "单于 仲孙 第五 公冶 宗政 太叔 范姜 张简 欧陽 刘付 段干 亓官 司寇 巫马 公西 颛孙 壤驷 漆雕 乐正 "
    "宰父 谷梁 左丘 梁丘 即墨 纳兰 爱新 叶赫 那拉 钮祜".split()
)
SYLLABLES = frozenset(
    "阿艾爱安奥巴白班贝本比布才仓策查次措达丹旦德登迪蒂东多恩尔格更贡古桂哈海汗豪赫吉加佳嘉江"
    "杰金拉来兰勒磊力丽利林龙洛马玛买麦曼美孟米明木姆那纳娜乃尼娘努诺帕平普其齐奇强琼却群热仁"
    "日如萨桑色沙珊石舒斯苏索塔塔特提图吐托陀娃瓦汪旺维乌吾西希夏辛雅亚央扬伊依益意英永尤玉扎"
    "珠卓孜宗增尊措姆曲珍卡克坎肯库鲁伦罗买提妮热孜别古丽江甫汉江依拜拜克都合不拉迪力木拉提尔"
    "高娃花其木格呼和浩巴雅尔苏日娜图雅阿拉坦宝音敖登毕力格青那仁朝胡斯楞满都拉布和额尔敦"
    "根登尕藏尕玛洛绒泽仁四郎邓珠索朗顿珠边巴朗杰普布赤列贡嘎平措坚参丁真曲扎的约布沙马瓦铁日"
)
